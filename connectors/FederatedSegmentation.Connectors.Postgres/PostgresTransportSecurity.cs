using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>Sets TLS up so that the framework verifies the certificate, and keeps why it was not accepted.</summary>
internal static class PostgresTransportSecurity
{
    /// <summary>Configures one handshake.</summary>
    /// <param name="tls">The handshake's options.</param>
    /// <param name="options">The source's settings.</param>
    /// <exception cref="CertificateRejectedException">Thrown from the handshake for a certificate that is not accepted, or at once when the root certificate cannot be read.</exception>
    internal static void Configure(SslClientAuthenticationOptions tls, PostgresOptions options)
    {
        tls.TargetHost = options.Host;
        if (options.RootCertificate is { } path)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(ReadRoots(path));
        }

        tls.RemoteCertificateValidationCallback = (_, _, _, errors) => Judge(errors, options.SslMode);
    }

    private static bool Judge(SslPolicyErrors errors, PostgresSslMode mode)
    {
        if (mode == PostgresSslMode.Require)
        {
            return true;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            throw new CertificateRejectedException(CertificateDefect.Missing);
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            throw new CertificateRejectedException(CertificateDefect.NotTrusted);
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && mode == PostgresSslMode.VerifyFull)
        {
            throw new CertificateRejectedException(CertificateDefect.OtherName);
        }

        return true;
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CertificateRejectedException(CertificateDefect.RootUnreadable, unreadable);
        }

        return roots.Count > 0 ? roots : throw new CertificateRejectedException(CertificateDefect.RootUnreadable);
    }
}

/// <summary>What is wrong with a server's certificate.</summary>
internal enum CertificateDefect
{
    /// <summary>The server sent none.</summary>
    Missing,

    /// <summary>No trusted authority stands behind it, or it has expired.</summary>
    NotTrusted,

    /// <summary>It names another host.</summary>
    OtherName,

    /// <summary>Our file of trusted authorities cannot be read.</summary>
    RootUnreadable,
}

/// <summary>The server's certificate is not accepted.</summary>
internal sealed class CertificateRejectedException(CertificateDefect defect, Exception? inner = null)
    : Exception($"The server's certificate is not accepted ({defect}).", inner)
{
    internal CertificateDefect Defect => defect;
}
