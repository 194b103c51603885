using System.ComponentModel.DataAnnotations;
using AdaptiveServe.Torch.Compute.LibTorch;

namespace AdaptiveServe.Torch;

/// <summary>Which models are loaded, and how they are held.</summary>
public sealed class TorchRunnerOptions
{
    /// <value>Folder of the large model, or of the only one.</value>
    [Required(ErrorMessage = "name the folder of a model.")]
    public string Model { get; set; } = "";

    /// <value>Folder of the small model of the pair; none by default.</value>
    public string? SmallModel { get; set; }

    /// <value>
    /// Folder of a low-rank adapter (a Hugging Face PEFT folder of type LORA) that is merged into the large model's weights when they are
    /// loaded; none by default.
    /// </value>
    public string? Adapter { get; set; }

    /// <value>
    /// Whether the pair that comes with the project is served; by default it is when no model is named. Whoever reads the options from
    /// outside puts its folders into <see cref="Model"/> and <see cref="SmallModel"/>: they are what is loaded.
    /// </value>
    public bool? Demo { get; set; }

    /// <value>
    /// How weights are held: <c>auto</c>, <c>float32</c>, <c>bfloat16</c>, <c>float16</c> or <c>int8</c>. <c>auto</c> is the checkpoint's
    /// own type; the CPU computes in float32 from whatever is held. <c>int8</c> (SIMD kernels only) rounds matrices in blocks of 32 with a
    /// scale each, as GGUF's q8_0 does. Default <c>auto</c>.
    /// </value>
    [RegularExpression("auto|float32|bfloat16|float16|int8", ErrorMessage = "must be auto, float32, bfloat16, float16 or int8.")]
    public string DType { get; set; } = "auto";

    /// <value>The small model's <see cref="DType"/>; by default the same.</value>
    [RegularExpression("auto|float32|bfloat16|float16|int8", ErrorMessage = "must be auto, float32, bfloat16, float16 or int8.")]
    public string? SmallDType { get; set; }

    /// <value>
    /// Folder for files of the weights as the CPU's kernels read them. What is there is mapped, and so shared between processes; what is not is
    /// written first. None by default: weights lie in the process's own memory.
    /// </value>
    public string? SharedWeights { get; set; }

    /// <value>
    /// How keys and values are held: <c>auto</c>, <c>float32</c>, <c>bfloat16</c> or <c>float16</c>. <c>auto</c> is float32 for the SIMD
    /// kernels and the type of the weights for libtorch. Two bytes take half the memory and half the reading, and round. Default <c>auto</c>.
    /// </value>
    [RegularExpression("auto|float32|bfloat16|float16", ErrorMessage = "must be auto, float32, bfloat16 or float16.")]
    public string KvDType { get; set; } = "auto";

    /// <value><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Default <c>cpu</c>.</value>
    [RegularExpression("cpu|cuda(:[0-9]{1,2})?", ErrorMessage = "must be cpu, cuda or cuda:N.")]
    public string Device { get; set; } = "cpu";

    /// <value><c>auto</c> takes the SIMD kernels on the CPU and libtorch on CUDA; <c>libtorch</c> is the reference. Default <c>auto</c>.</value>
    [RegularExpression("auto|libtorch", ErrorMessage = "must be auto or libtorch.")]
    public string Compute { get; set; } = "auto";

    /// <value>CPU threads of one forward; 0 takes all cores. Default 0.</value>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <value>
    /// Whether decode steps on CUDA are recorded as CUDA graphs and replayed, which takes some memory and a moment for each new size of
    /// batch. Unmeasured so far. Default false.
    /// </value>
    public bool CudaGraphs { get; set; }

    /// <value>Makes what libtorch's backend uses in the place of plain operations; by default what the device offers. For tests.</value>
    internal Func<LibTorchParts>? LibTorchParts { get; set; }

    /// <value>Width in bits of the registers that the SIMD kernels use: 128, 256 or 512; the widest there are by default. For tests.</value>
    internal int? RegisterBits { get; set; }

    /// <value>
    /// Memory for keys and values of both models: a number of GiB (<c>1.5</c>) or a share of free memory (<c>50%</c>). Default 25%, capped at
    /// what <see cref="Engine.EngineOptions.MaxSequences"/> full contexts need.
    /// </value>
    public string KvMemory { get; set; } = "25%";

    /// <value>Tokens in a KV block. Default 16.</value>
    [Range(1, 1024)]
    public int BlockSize { get; set; } = 16;

    /// <value>
    /// Layers of the large model that a route may run twice: each takes memory for a second set of keys and values. Default 2.
    /// </value>
    [Range(0, 64)]
    public int MaxRepeatedLayers { get; set; } = 2;

    /// <value>Longest sequence in tokens; 0 takes the model's own limit. Default 0.</value>
    [Range(0, 1 << 24)]
    public int MaxModelLen { get; set; }
}
