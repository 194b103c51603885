using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>The functions that every template can call.</summary>
internal static class Functions
{
    public static FrozenDictionary<string, Builtin> All { get; } = Builtin.Table(
        new("range", Range),
        new("dict", (renderer, _, arguments) => Dict(renderer, arguments)),
        new("namespace", (renderer, _, arguments) => new Namespace(Dict(renderer, arguments))),
        new("raise_exception", "message", (renderer, _, arguments) =>
            throw new RenderingException(ChatTemplateFault.Refused, Display.Str(renderer, arguments[0]!))),
        new("strftime_now", "format", (renderer, _, arguments) =>
            TimeFormat.Apply(renderer.Now, Argument.RequiredText(arguments[0]))));

    private static Sequence Range(Renderer renderer, object self, Arguments arguments)
    {
        long[] bounds = [.. arguments.Positional.Select(bound => Argument.Integer(bound, 0))];
        (long start, long stop, long step) = bounds switch
        {
            _ when arguments.Keywords.Length > 0 => throw RenderingException.Failed("range takes no keyword arguments"),
            [var end] => (0, end, 1),
            [var first, var end] => (first, end, 1),
            [var first, var end, not 0] => (first, end, bounds[2]),
            _ => throw RenderingException.Failed("range takes one to three whole numbers, the third not zero"),
        };

        Int128 count = Int128.Max(0, ((Int128)stop - start + step - Math.Sign(step)) / step);
        if (count > Limits.RangeLength)
            throw new RenderingException(ChatTemplateFault.LimitExceeded, $"a range has more than {Limits.RangeLength} numbers");
        renderer.Budget.AllocateItems((long)count);
        string display = step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";
        return Sequence.Range([.. Enumerable.Range(0, (int)count).Select(i => (object)(start + i * step))], display);
    }

    private static Mapping Dict(Renderer renderer, Arguments arguments)
    {
        var result = new Mapping();
        if (arguments.Positional.Length > 1) throw RenderingException.Failed("expected at most one argument without a name");
        if (arguments.Positional is [var source]) MappingMethods.Update(renderer, result, source);
        MappingMethods.Update(renderer, result, arguments.ToMapping(renderer));
        return result;
    }
}
