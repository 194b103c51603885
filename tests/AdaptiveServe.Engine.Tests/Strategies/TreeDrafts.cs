using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>Draft trees of shapes that look random; what the fake model says next is in most of them, among tokens that are wrong.</summary>
internal sealed class TreeDrafts(int maxTokens, ModelInfo info) : IProposalPolicy
{
    public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Tree, 3 * maxTokens);

    public void Draft(Sequence sequence, DraftTree tree)
    {
        SamplingParams sampling = new() { MaxTokens = maxTokens, IgnoreEos = true, Seed = sequence.Sampling.Seed };
        List<int> right = FakeModelRunner.Continue(sequence.Tokens, sampling, sequence.Route, info);
        Random random = new(sequence.Count);
        int last = DraftTree.Root;
        foreach (int token in right)
        {
            for (int wrong = random.Next(3); wrong > 0; wrong--) AddWrong(tree, last, random);
            if (random.Next(6) == 0) AddWrong(tree, last, random);
            if (!tree.TryAdd(last, token, out int next)) return;
            if (random.Next(3) == 0) AddWrong(tree, last, random);
            last = next;
        }
    }

    public bool ShouldContinue(in DraftState state) => true;

    public void Observe(in DraftOutcome outcome) => Assert.InRange(outcome.Accepted, 0, outcome.Drafted);

    private void AddWrong(DraftTree tree, int parent, Random random)
    {
        for (int length = random.Next(1, 3); length > 0; length--)
            if (!tree.TryAdd(parent, random.Next(info.VocabularySize), out parent)) return;
    }
}
