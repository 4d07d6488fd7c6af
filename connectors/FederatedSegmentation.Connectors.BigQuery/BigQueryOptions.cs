using System.Collections.Immutable;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>The settings of a BigQuery source. Holds no secret.</summary>
public sealed record BigQueryOptions
{
    /// <summary>The address of Google's REST API.</summary>
    public static readonly Uri DefaultEndpoint = new("https://bigquery.googleapis.com");

    /// <summary>The address of Google's Storage Read API.</summary>
    public static readonly Uri DefaultStorageEndpoint = new("https://bigquerystorage.googleapis.com");

    /// <summary>The project that runs and pays the queries, and that holds the tables which a model names without a project.</summary>
    public string Project { get; init; } = "";

    /// <summary>Where the datasets lie: <c>EU</c>, <c>US</c>, <c>europe-west3</c>.</summary>
    public string Location { get; init; } = "";

    /// <summary>The dataset of tables that a model names by the table alone, or null.</summary>
    public string? Dataset { get; init; }

    /// <summary>How the REST API is reached.</summary>
    public HttpTransportOptions Http { get; init; } = new() { Endpoint = DefaultEndpoint };

    /// <summary>How the Storage Read API is reached; null to fetch all results over the REST API.</summary>
    public HttpTransportOptions? Storage { get; init; } = new() { Endpoint = DefaultStorageEndpoint };

    /// <summary>
    /// A driver that the user supplies, instead of Google's APIs; then its connection string says how to connect, as whom, in which location, and how many bytes
    /// a statement may be billed for. <see cref="Dataset"/> is needed then.
    /// </summary>
    public DriverOptions? Driver { get; init; }

    /// <summary>How many streams of one result are read side by side.</summary>
    public int ReadStreams { get; init; } = 4;

    /// <summary>The most rows that are fetched over the REST API where the Storage Read API may be used.</summary>
    public int SmallResultRows { get; init; } = 10_000;

    /// <summary>The dataset of the project in which tables of keys may be made; null for none: then nothing but single SELECT statements is ever sent.</summary>
    public string? ScratchSchema { get; init; }

    /// <summary>How many statements may run at once, over all runs of this process.</summary>
    public int MaxConcurrent { get; init; } = 4;

    /// <summary>The most bytes that one statement may be billed for; BigQuery refuses what would need more before it costs anything.</summary>
    public long MaxBytesPerQuery { get; init; } = 50_000_000_000;

    /// <summary>The longest time of one statement, or null: then only the run's deadline limits it.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>Every problem of the settings, with the option's path relative to the source, as pointer.</summary>
    /// <param name="source">The source's name, for the messages.</param>
    public ImmutableArray<Problem> Validate(string source)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        void Add(string option, string message, string hint, string code = "CFG006") => problems.Add(new Problem
        {
            Code = code,
            Stage = Stage.Settings,
            Source = source,
            Pointer = option,
            Message = message,
            Hint = hint,
        });

        if (string.IsNullOrWhiteSpace(Project))
        {
            Add(nameof(Project), "The project is not named.", "Set Project to the id of the project that runs the queries.", "CFG004");
        }
        else if (!IsWord(Project, ".:-"))
        {
            Add(nameof(Project), "Project is not the id of a project.", "A project id has letters, digits and hyphens; it is not the project's display name.");
        }

        if (Driver is not null)
        {
            if (Dataset is null)
            {
                Add(nameof(Dataset), "The dataset is not named.", "Set Dataset: through a driver there is no list of datasets.", "CFG004");
            }
        }
        else if (string.IsNullOrWhiteSpace(Location))
        {
            Add(nameof(Location), "The location is not named.", "Set Location to where the datasets lie, for instance EU or europe-west3.", "CFG004");
        }
        else if (!IsWord(Location, "-"))
        {
            Add(nameof(Location), "Location is not the name of a location.", "Write it as EU, US or a region like europe-west3.");
        }

        if (Dataset is not null && !IsWord(Dataset, "_-"))
        {
            Add(nameof(Dataset), "Dataset is not the name of a dataset.", "A dataset's name has letters, digits and underscores.");
        }

        if (ReadStreams is < 1 or > 32)
        {
            Add(nameof(ReadStreams), "ReadStreams is out of range.", "Use 1 to 32.");
        }

        if (SmallResultRows is < 1 or > 100_000)
        {
            Add(nameof(SmallResultRows), "SmallResultRows is out of range.", "Use 1 to 100000.");
        }

        if (MaxConcurrent is < 1 or > 64)
        {
            Add("Limits:MaxConcurrent", "MaxConcurrent is out of range.", "Use 1 to 64.");
        }

        if (MaxBytesPerQuery < 1)
        {
            Add("Limits:MaxBytesPerQuery", "MaxBytesPerQuery is not a number of bytes that a statement could need.", "Use at least 10 MB, which BigQuery bills for the smallest query.");
        }

        if (StatementTimeout is { } time && time < TimeSpan.FromMilliseconds(1))
        {
            Add("Limits:StatementTimeout", "StatementTimeout is not a time that a statement could need.", "Leave it out for none but the run's deadline.");
        }

        if (Driver is not null)
        {
            return problems.ToImmutable();
        }

        problems.AddRange(Http.Validate(source));
        if (Storage is not null)
        {
            problems.AddRange(Storage.Validate(source).Select(problem => problem with { Pointer = problem.Pointer == nameof(HttpTransportOptions.Endpoint) ? "StorageEndpoint" : problem.Pointer }).Where(problem => !problems.Contains(problem)));
        }

        return problems.ToImmutable();
    }

    private static bool IsWord(string text, string also) => text.Length is > 0 and <= 256 && text.All(character => char.IsAsciiLetterOrDigit(character) || also.Contains(character, StringComparison.Ordinal));
}
