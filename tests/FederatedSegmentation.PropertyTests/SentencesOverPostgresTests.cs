using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.PropertyTests;

public sealed class SentencesOverPostgresTests
{
    /// <summary>The sentences themselves are not marked, because they run over files anyway; this one is counted as not run where they leave PostgreSQL out.</summary>
    [PostgresFact]
    public void The_sentences_of_the_language_are_asked_over_postgresql_too() => Assert.Null(PostgresInstallation.WhyMissing);
}
