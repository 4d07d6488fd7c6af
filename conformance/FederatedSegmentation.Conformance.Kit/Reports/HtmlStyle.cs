namespace FederatedSegmentation.Conformance.Kit.Reports;

/// <summary>How the page of a report looks.</summary>
internal static class HtmlStyle
{
    /// <summary>The style sheet.</summary>
    internal const string Sheet = """

        :root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6577; --line: #dde2ea; --paper: #fff; --shade: #f5f7fa; --ok: #1a7f4b; --bad: #c0392b; --warn: #a86400; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa4b5; --line: #333b49; --paper: #161a21; --shade: #1f252f; --ok: #4cc38a; --bad: #ff7b6b; --warn: #f0b35b; } }
        * { box-sizing: border-box; }
        body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        header { padding: 1.5rem 2rem; background: var(--shade); border-bottom: 4px solid var(--ok); }
        header.red { border-color: var(--bad); }
        main { padding: 0 2rem 3rem; max-width: 75rem; }
        h1 { margin: 0; font-size: 1.6rem; }
        h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; }
        h3 { margin: 1.5rem 0 0; font-size: 1rem; }
        p { margin: .25rem 0 .5rem; color: var(--soft); }
        small { color: var(--soft); font-weight: normal; }
        .verdict { color: var(--ink); font-weight: 600; }
        .tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
        .tiles li { padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); }
        .tiles b { font-size: 1.3rem; }
        .passed b, .passed .mark { color: var(--ok); }
        .failed b, .failed .mark, td.failed { color: var(--bad); }
        .notrun b, .notrun .mark, td.notrun { color: var(--warn); }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        td:last-child { overflow-wrap: anywhere; }
        th { color: var(--soft); font-weight: 600; }
        details { border-bottom: 1px solid var(--line); }
        details.doesnotapply > summary { color: var(--soft); }
        summary { padding: .3rem 0; cursor: pointer; }
        summary code { color: var(--soft); }
        .mark { display: inline-block; width: 1.2em; text-align: center; font-weight: 700; }
        .claim { white-space: nowrap; padding: 0 .5em; border-radius: 1em; font-size: .8rem; border: 1px solid var(--line); color: var(--soft); }
        .claim.full { color: var(--ok); border-color: var(--ok); }
        .claim.recheck { color: var(--warn); border-color: var(--warn); }
        dl { display: grid; grid-template-columns: 10rem 1fr; gap: .25rem 1rem; margin: 0 0 1rem 1.6rem; }
        dt { color: var(--soft); }
        dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        pre { margin: .25rem 0; padding: .5rem .75rem; background: var(--shade); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
        @media (max-width: 40rem) { main, header { padding-left: 1rem; padding-right: 1rem; } dl { grid-template-columns: 1fr; margin-left: 0; } }

        """;
}
