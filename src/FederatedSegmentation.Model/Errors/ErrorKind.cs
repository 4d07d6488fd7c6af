namespace FederatedSegmentation.Model.Errors;

/// <summary>Whose turn it is to act on an error.</summary>
public enum ErrorKind
{
    /// <summary>The segment, the model or the settings are wrong (SDL, CFG): their author.</summary>
    Definition,

    /// <summary>The command was called wrongly (USE).</summary>
    Usage,

    /// <summary>A source failed or is missing something (SRC): the source's operator.</summary>
    Source,

    /// <summary>The data break a promise of the model (DAT): the data's owner.</summary>
    Data,

    /// <summary>A limit or a budget was reached (RES).</summary>
    Resource,

    /// <summary>The deadline was missed (SLA).</summary>
    Deadline,

    /// <summary>The output cannot be written (OUT).</summary>
    Output,

    /// <summary>The user cancelled the run (CAN).</summary>
    Cancelled,

    /// <summary>A bug of ours (INT).</summary>
    Internal,
}

/// <summary>The stages of the road, in order, after which errors and log events are grouped.</summary>
public enum Stage
{
    /// <summary>Reading settings and the command line.</summary>
    Settings,

    /// <summary>Reading a model or a segment.</summary>
    Definition,

    /// <summary>Names, paths and types.</summary>
    Resolve,

    /// <summary>Rewriting and ordering the plan.</summary>
    Plan,

    /// <summary>Cutting the plan by source.</summary>
    Fragment,

    /// <summary>Writing SQL.</summary>
    Compile,

    /// <summary>Running fragments at their sources and fetching the results.</summary>
    Execute,

    /// <summary>Joining what is left.</summary>
    Residual,

    /// <summary>Writing the members.</summary>
    Membership,
}
