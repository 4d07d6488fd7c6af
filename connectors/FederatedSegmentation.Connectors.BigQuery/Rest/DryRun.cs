using System.Globalization;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery.Rest;

/// <summary>Asks BigQuery what a statement would read, which costs nothing and runs nothing.</summary>
internal static class DryRun
{
    /// <summary>The bytes, or null where BigQuery does not say.</summary>
    /// <exception cref="SourceException">The statement would be refused.</exception>
    internal static async Task<long?> BytesAsync(BigQueryApi api, BigQueryOptions options, string sql, Stage stage, string what, CancellationToken cancellationToken)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Post,
            Path = $"projects/{ApiRequest.Escape(options.Project)}/queries",
            Stage = stage,
            What = what,
            Body = writer =>
            {
                QueryFields.Write(writer, sql, options);
                writer.WriteString("location", options.Location);
                writer.WriteBoolean("dryRun", true);
            },
        };
        using var answer = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("totalBytesProcessed", out var bytes) && long.TryParse(bytes.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
