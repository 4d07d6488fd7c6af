namespace FederatedSegmentation.Arrow;

/// <summary>Data that claims to be Arrow breaks the format, or uses a part of it that is not supported. The message names the part and never a value.</summary>
public sealed class ArrowFormatException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong, without values of the data.</param>
    public ArrowFormatException(string message)
        : base(message)
    {
    }
}
