using System.Text;

namespace AdaptiveServe.Text.Tokenizers.Bpe;

/// <summary>
/// Byte pair merging for long words in O(n log n): the symbols are a linked list, and a heap holds the merges that are possible,
/// the lowest rank first and from left to right within a rank.
/// </summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class LongWordMerger
{
    private const int None = -1;

    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Result)> _merges;

    public LongWordMerger(Vocabulary vocabulary, IReadOnlyList<Merge> merges)
    {
        _vocabulary = vocabulary;
        _merges = new(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
            _merges.Add((merges[rank].Left, merges[rank].Right), (rank, merges[rank].Result));
    }

    /// <summary>Appends the ids of a word. Each of its characters must be a piece of the vocabulary.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        Symbol[] symbols = Symbols(word);
        var queue = new PriorityQueue<(int Left, int Right), (int Rank, int Position)>();
        for (int i = 0; i + 1 < symbols.Length; i++) Propose(symbols, i, queue);

        while (queue.TryDequeue(out (int Left, int Right) pair, out (int Rank, int Position) order))
        {
            ref Symbol left = ref symbols[order.Position];
            if (left.Id != pair.Left || left.Next == None || symbols[left.Next].Id != pair.Right) continue; // merged otherwise since

            ref Symbol right = ref symbols[left.Next];
            left.Id = _merges[pair].Result;
            left.Next = right.Next;
            right.Id = None;
            if (left.Next != None) symbols[left.Next].Previous = order.Position;
            if (left.Previous != None) Propose(symbols, left.Previous, queue);
            Propose(symbols, order.Position, queue);
        }

        for (int i = 0; i != None; i = symbols[i].Next) ids.Add(symbols[i].Id);
    }

    private void Propose(Symbol[] symbols, int position, PriorityQueue<(int, int), (int, int)> queue)
    {
        Symbol left = symbols[position];
        if (left.Next == None) return;
        (int, int) pair = (left.Id, symbols[left.Next].Id);
        if (_merges.TryGetValue(pair, out (int Rank, int Result) merge)) queue.Enqueue(pair, (merge.Rank, position));
    }

    private Symbol[] Symbols(ReadOnlySpan<char> word)
    {
        var symbols = new List<Symbol>(word.Length);
        while (!word.IsEmpty)
        {
            Rune.DecodeFromUtf16(word, out _, out int length);
            if (!_vocabulary.TryFind(word[..length], out int id))
                throw new ArgumentException("A word holds a character outside the vocabulary.", nameof(word));
            symbols.Add(new Symbol { Id = id, Previous = symbols.Count - 1, Next = symbols.Count + 1 });
            word = word[length..];
        }

        Symbol[] array = [.. symbols];
        array[^1].Next = None;
        return array;
    }

    /// <summary>A piece in the linked list; its place in the array is where it began.</summary>
    private struct Symbol
    {
        public int Id;
        public int Previous;
        public int Next;
    }
}
