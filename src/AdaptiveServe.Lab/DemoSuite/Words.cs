namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The common words that lists and spelling are about.</summary>
internal static class Words
{
    public static IReadOnlyList<string> Common { get; } =
    [.. (
        "air animal answer ant apple apron arm army arrow aunt autumn axe baby back bag ball banana band bank barn basket bath beach " +
        "bean " +
        "bear bed bee bell belt bench berry bike bird boat body bone book boot bottle bowl box boy bread brick bridge brother brush " +
        "bucket " +
        "bus butter button cake camel camp candle cap car card carrot cart castle cat chair cheese cherry chest chicken child city clock " +
        "cloud clown coat coffee coin comb cook corn cousin cow crab crown cup dad dance day deer desk dinner dish doctor dog doll door " +
        "dragon dream dress drum duck dust eagle ear earth east egg elbow engine evening eye face family farm father feather fence field " +
        "finger fire fish flag floor flower fly food foot forest fork fox friend frog fruit game garden gate ghost giant gift girl glass " +
        "glove goat gold goose grape grass green ground group hair hall hammer hand hat hay head heart hen hill holiday home honey hook " +
        "horse hotel hour house ice idea ink insect iron island ivy jacket jam jar jelly jewel job joke juice jungle kettle key king " +
        "kitchen kite kitten knee knife knight ladder lady lake lamp land leaf leg lemon letter light lion lip list lizard lock log love " +
        "lunch machine magic man map market meal meat metal milk mirror money monkey month moon morning mother mountain mouse mouth " +
        "movie " +
        "music nail name neck needle nest net night noise north nose number nurse nut oak oasis ocean office oil onion orange oven owl " +
        "page paint palace pan paper parent park party path pear pen pencil pepper person phone photo piano picture pie pig pilot pipe " +
        "pizza plane plant plate pocket poem point pond pony pool potato prince pupil queen question quilt rabbit radio rain ring river " +
        "road robot rock roof room root rope rose ruler sack salad salt sand school sea seat seed shadow sheep shelf ship shirt shoe " +
        "shop " +
        "silver sister skirt sky snail snake snow soap sock soup spider spoon spring stairs star station stone storm story street sugar " +
        "summer sun swan table tail tea teacher tent test thumb ticket tiger time toe tomato tooth towel tower town toy train tree truck " +
        "turtle uncle unit user valley van vase village violin voice wagon wall watch water wave weather week whale wheel wind window " +
        "winter wolf woman wood word worm yard year yellow yogurt zebra zero zone").Split(' ')];

    /// <summary>Longer words, which training never spells.</summary>
    public static IReadOnlyList<string> Long { get; } =
    [
        "adventure", "afternoon", "airplane", "alphabet", "ambulance", "blueberry", "breakfast", "butterfly", "cathedral", "chocolate",
        "classroom", "computer", "crocodile", "dictionary", "dinosaur", "direction", "elephant", "energy", "furniture", "gardener",
        "grandmother", "hospital", "hurricane", "instrument", "keyboard", "kangaroo", "lighthouse", "mushroom", "neighbor", "newspaper",
        "notebook", "orchestra", "passenger", "pineapple", "president", "pumpkin", "rainbow", "restaurant", "sandwich", "scientist",
        "snowflake", "squirrel", "strawberry", "submarine", "telephone", "tomorrow", "umbrella", "university", "vegetable", "waterfall",
    ];
}
