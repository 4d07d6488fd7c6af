namespace FederatedSegmentation.Arrow;

/// <summary>The columns of a record batch.</summary>
public sealed class ArrowSchema;

/// <summary>A batch of rows in columns.</summary>
public sealed class RecordBatch;
