using System.Data.Common;

namespace FederatedSegmentation.Testing.Drivers;

/// <summary>A factory that has no instance.</summary>
public sealed class FactoryWithoutInstance : DbProviderFactory;

/// <summary>A type that is no factory, though it has an instance.</summary>
public sealed class NotAFactory
{
    /// <summary>The instance.</summary>
    public static readonly NotAFactory Instance = new();
}

/// <summary>A factory that cannot start.</summary>
public sealed class FactoryThatFails : DbProviderFactory
{
    /// <summary>The instance, which cannot be made.</summary>
    public static readonly FactoryThatFails Instance = Make();

    private static FactoryThatFails Make() => throw new DllNotFoundException("libsecret-of-Password=tiger.so");
}

/// <summary>A factory that makes no connections.</summary>
public sealed class FactoryOfNothing : DbProviderFactory
{
    /// <summary>The instance.</summary>
    public static readonly FactoryOfNothing Instance = new();
}
