using System.Numerics;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>What Python calls the type of a value, for messages.</summary>
internal static class TypeName
{
    public static string Of(object value) => value switch
    {
        None => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        Sequence sequence => sequence.TypeName,
        Mapping => "dict",
        Generator => "generator",
        ICallable => "function",
        _ => value.GetType().Name,
    };
}
