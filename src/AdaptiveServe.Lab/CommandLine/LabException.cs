namespace AdaptiveServe.Lab.CommandLine;

/// <summary>A verb cannot do its work. The message says why in one line, and the file or address at fault.</summary>
internal sealed class LabException(string message, Exception? innerException = null) : Exception(message, innerException);
