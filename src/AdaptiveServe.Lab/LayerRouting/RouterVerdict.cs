using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>What logits of routers say.</summary>
/// <param name="Classes">The most likely class of each prompt and layer.</param>
/// <param name="Scores">How far the logit of skip is above the larger of the others: what a budget's threshold is compared with.</param>
internal sealed record RouterVerdict(int[] Classes, float[] Scores)
{
    /// <param name="logits">[prompts, layers, classes].</param>
    public static RouterVerdict Of(float[] logits)
    {
        int count = logits.Length / BottleneckNetwork.Classes;
        int[] classes = new int[count];
        float[] scores = new float[count];
        for (int i = 0; i < count; i++)
        {
            float[] three = logits[(i * BottleneckNetwork.Classes)..((i + 1) * BottleneckNetwork.Classes)];
            classes[i] = Array.IndexOf(three, three.Max());
            scores[i] = three[BottleneckNetwork.Skip] - Math.Max(three[BottleneckNetwork.Execute], three[BottleneckNetwork.Repeat]);
        }

        return new RouterVerdict(classes, scores);
    }
}
