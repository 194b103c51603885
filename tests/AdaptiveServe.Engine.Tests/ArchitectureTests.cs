using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using AdaptiveServe.Engine.Execution;

namespace AdaptiveServe.Engine.Tests;

/// <summary>What may depend on what.</summary>
public class ArchitectureTests
{
    private static readonly string[] AllowedReferences =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "System.Numerics.Tensors",
        "Microsoft.Extensions.Options",
        "System.Collections",
        "System.Collections.Concurrent",
        "System.Collections.Immutable",
        "System.ComponentModel.Annotations",
        "System.ComponentModel.Primitives",
        "System.Linq",
        "System.Memory",
        "System.Runtime",
        "System.Runtime.InteropServices",
        "System.Threading",
        "System.Threading.Channels",
        "System.Threading.Thread",
    ];

    /// <summary>Neither tensors nor HTTP: the engine runs in tests without native code.</summary>
    [Fact]
    public void Engine_References_AreAllowed()
    {
        AssemblyName[] references = typeof(InferenceEngine).Assembly.GetReferencedAssemblies();
        Assert.NotEmpty(references);
        Assert.Empty(references.Select(reference => reference.Name).Except(AllowedReferences));
    }

    [Theory, InlineData("AdaptiveServe.Engine"), InlineData("AdaptiveServe.Text")]
    public void Project_OfTheBottomLayer_RefersToNoOther(string project)
    {
        XDocument file = XDocument.Load(Path.Combine(SourceFolder(), project, project + ".csproj"));
        Assert.Empty(file.Descendants("ProjectReference"));
        Assert.NotEmpty(file.Descendants("PackageReference"));
        Assert.DoesNotContain(file.Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value), IsForbidden);
        Assert.Empty(file.Descendants("FrameworkReference"));
    }

    private static bool IsForbidden(string package) =>
        package.StartsWith("TorchSharp", StringComparison.OrdinalIgnoreCase)
        || package.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)
        || package.StartsWith("Microsoft.AspNetCore", StringComparison.OrdinalIgnoreCase);

    private static string SourceFolder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "../../src");
}
