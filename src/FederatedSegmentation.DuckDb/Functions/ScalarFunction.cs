using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb.Functions;

/// <summary>Computes one vector. Called on threads of the engine, several at a time; an exception ends the statement with its message.</summary>
/// <param name="call">The arguments and the place for the results, valid during the call only.</param>
public delegate void ScalarKernel(ScalarCall call);

/// <summary>
/// A function of SQL made of managed code. It must give the same result for the same arguments. Rows with a NULL argument are NULL in the result without
/// further ado; the kernel may skip them.
/// </summary>
/// <param name="Name">Name in SQL.</param>
/// <param name="Arguments">Types of the arguments.</param>
/// <param name="Result">Type of the result.</param>
/// <param name="Kernel">The code.</param>
public sealed record ScalarFunction(string Name, ImmutableArray<ArrowType> Arguments, ArrowType Result, ScalarKernel Kernel);
