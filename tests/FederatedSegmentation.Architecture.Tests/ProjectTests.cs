using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace FederatedSegmentation.Architecture.Tests;

/// <summary>How the projects of the repository belong together.</summary>
public sealed class ProjectTests
{
    /// <summary>Projects without tests of their own: interfaces and records that every other test goes through.</summary>
    private static readonly string[] WithoutMirror = ["FederatedSegmentation.Model", "FederatedSegmentation.Residual"];

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("FederatedSegmentation.sln").Replace('\\', '/');
        Assert.DoesNotContain(Checkout.Projects, project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_has_a_lock_file_that_says_where_each_package_came_from()
    {
        foreach (var project in Checkout.Projects)
        {
            using var locked = JsonDocument.Parse(Checkout.Read(Path.GetDirectoryName(project) + "/packages.lock.json"));
            // A section per platform would make the restore of another platform fail.
            var framework = Assert.Single(locked.RootElement.GetProperty("dependencies").EnumerateObject());
            Assert.Equal("net10.0", framework.Name);
            foreach (var package in framework.Value.EnumerateObject().Where(package => package.Value.GetProperty("type").GetString() != "Project"))
            {
                Assert.True(package.Value.GetProperty("contentHash").GetString()!.Length > 80, $"{project}: {package.Name}");
            }
        }
    }

    [Fact]
    public void The_packages_that_projects_name_and_the_pinned_versions_are_the_same()
    {
        var pinned = Elements("Directory.Packages.props", "PackageVersion").ToList();
        var named = Checkout.Projects.Append("Directory.Build.targets").SelectMany(project => Elements(project, "PackageReference")).Distinct(StringComparer.Ordinal);
        Assert.Equal(pinned.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.All(XDocument.Parse(Checkout.Read("Directory.Packages.props")).Descendants("PackageVersion"), version => Assert.StartsWith("[", (string?)version.Attribute("Version"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_layer_map_speaks_of_all_projects_but_the_host_and_of_no_other()
    {
        var projects = Checkout.Projects
            .Where(project => project.StartsWith("src/", StringComparison.Ordinal) || project.StartsWith("connectors/", StringComparison.Ordinal) || project.StartsWith("conformance/", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Where(name => name != "FederatedSegmentation.Gateway");
        Assert.Equal(projects.Order(StringComparer.Ordinal), Elements("Directory.Build.targets", "MayReference").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_mirror_the_projects()
    {
        var projects = Checkout.Projects.Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var missing = Checkout.Projects
            .Where(project => !project.StartsWith("tests/", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Where(name => !projects.Contains(name + ".Tests"));
        Assert.Equal(WithoutMirror.Order(StringComparer.Ordinal), missing.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Elements(string file, string name)
        => XDocument.Parse(Checkout.Read(file)).Descendants(name).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
