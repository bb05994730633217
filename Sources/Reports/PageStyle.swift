import Charts

/// The style sheet of a report.
enum PageStyle {
  /// Colors by what the reader's system prefers, or by what the reader chose on the page; paper is always light.
  static let sheet = """
    :root{color-scheme:light dark;\(ChartStyle.lightColors);--card:#fff;--page:#f6f7f8;--line:#d9dde1;--accent:#0067a8}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){\(dark)}}
    :root[data-theme=dark]{\(dark)}
    :root[data-theme=light]{color-scheme:light}
    \(ChartStyle.rules)
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main,header{max-width:1020px;margin:0 auto;padding:0 16px}
    header{padding-top:24px}
    h1{font-size:1.5rem;line-height:1.3;margin:.2em 0 .5em;overflow-wrap:anywhere}
    h2{font-size:1.15rem;margin:0 0 .3em;overflow-wrap:anywhere}
    .finding{display:flex;gap:24px;align-items:center;flex-wrap:wrap}
    .finding h1{flex:1 1 20rem;min-width:0}
    .number{font-size:3.4rem;font-weight:700;line-height:1;color:var(--s0);white-space:nowrap}
    .number small{display:block;font-size:.9rem;font-weight:400;color:var(--quiet);margin-top:.35em;white-space:normal}
    .system,.caption,footer{color:var(--quiet);overflow-wrap:anywhere}
    form.choices{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:8px 14px;background:var(--page);padding:10px 0;border-bottom:1px solid var(--line)}
    form.choices label{font-size:.8rem;color:var(--quiet);min-width:0}
    form.choices select{display:block;max-width:100%;font:inherit;font-size:.95rem;color:var(--ink);background:var(--card);border:1px solid var(--axis);border-radius:6px;padding:4px 6px}
    button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--card);border:1px solid var(--axis);border-radius:6px;padding:3px 10px;cursor:pointer}
    .toolbar{display:flex;gap:6px;flex-wrap:wrap;align-items:center;margin:8px 0}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
    section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;margin:16px 0;min-width:0}
    .numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:8px;margin:12px 0}
    .numbers div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px}
    .numbers dt{font-size:.8rem;color:var(--quiet)}.numbers dd{margin:0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}
    dl{margin:0}
    .narrow{display:none}
    @media (max-width:760px){.narrow{display:block}.wide{display:none}section{padding:12px 10px}.number{font-size:2.6rem}h1{font-size:1.2rem}main,header{padding-left:8px;padding-right:8px}form.choices{position:static}}
    svg.chart{height:auto}
    .m{cursor:default}.m.on{stroke:var(--ink);stroke-width:2}
    .timeline svg{touch-action:pan-y;cursor:grab}
    details{margin-top:8px}summary{cursor:pointer;color:var(--accent)}
    .scroll{overflow-x:auto;max-height:30rem;overflow-y:auto}
    table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--quiet);padding:4px 0}
    th,td{padding:3px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
    th{position:sticky;top:0;background:var(--card)}th small{font-weight:400;color:var(--quiet)}
    .n{text-align:right;white-space:nowrap}
    code{font-size:.9em;overflow-wrap:anywhere}
    #tip{position:fixed;z-index:9;max-width:min(22rem,90vw);pointer-events:none;background:var(--ink);color:var(--ground);font-size:.85rem;padding:4px 8px;border-radius:6px}
    .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    footer{font-size:.85rem;padding-bottom:32px}
    @media print{:root,:root[data-theme=dark]{\(ChartStyle.lightColors);--card:#fff;--page:#fff;--line:#ccc}
    form.choices,.toolbar,#tip,button{display:none!important}.wide{display:block}.narrow{display:none}
    section{break-inside:avoid;border:0;padding:0}.scroll{max-height:none;overflow:visible}th{position:static}
    #inputs{break-inside:auto}.inputs table{font-size:7pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """

  private static let dark =
    "color-scheme:dark;" + ChartStyle.darkColors
    + ";--card:#15181b;--page:#0e1012;--line:#2f353b;--accent:#6cb8ee"
}
