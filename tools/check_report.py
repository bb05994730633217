#!/usr/bin/env python3
"""Opens reports in a headless Chromium and checks what a reader would see.

    tools/check_report.py SIMULATE      SIMULATE is the program to test

Needs Chromium (Debian: apt-get install chromium); says so and passes where there is none. Standard library only.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import browser  # noqa: E402

checks = {"passed": 0, "failed": 0}

# Texts of a chart that lie on one another or outside of their chart; run in the page.
LAYOUT = """(() => {
  const wrong = [];
  for (const svg of document.querySelectorAll("svg.chart")) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    if (frame.right > innerWidth + 1) wrong.push("chart wider than the page: " + svg.getAttribute("aria-label"));
    const boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([text, a], i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        wrong.push("clipped: " + text + " in " + svg.getAttribute("aria-label").slice(0, 40));
      for (const [other, b] of boxes.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) wrong.push("overlap: " + text + " | " + other);
      }
    });
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is wider than the window");
  return wrong;
})()"""


def check(name, condition, detail=""):
    checks["passed" if condition else "failed"] += 1
    if not condition:
        print(f"FAILED: {name}: {detail}")


def complaints(page):
    """What the browser reported that a page must not do: errors, and requests for anything but the file itself."""
    found = []
    for event in page.events:
        parameters = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            found.append(str(parameters["args"]))
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            found.append(parameters["entry"]["text"])
        elif event["method"] == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("file:", "data:", "about:")):
                found.append("request: " + url)
    return found


def packed(path):
    """What the script of a page works on: JSON, compressed, in base 64."""
    text = re.search(r'id="report">(.*?)</script>', path.read_text(), re.S).group(1)
    return json.loads(zlib.decompress(base64.b64decode(text), -15))


def open_page(page, path):
    """Opens a page; returns the seconds until its script is done."""
    begun = time.monotonic()
    page.open(path)
    page.run("""new Promise(done => { const look = () => "ready" in document.documentElement.dataset ? done() : setTimeout(look, 5);
      look(); })""")
    return time.monotonic() - begun


def choose(page, name, value):
    page.run(f"""(() => {{ const s = document.querySelector('select[name={name}]'); s.value = "{value}";
      s.dispatchEvent(new Event("change")); }})()""")


def looks(page, name):
    for width in (1400, 400):
        for scheme in ("light", "dark"):
            page.resize(width)
            page.look(scheme)
            wrong = page.run(LAYOUT)
            check(f"{name} at {width} pixels, {scheme}: nothing overlaps or is clipped", not wrong, wrong[:6])
    ground = "getComputedStyle(document.body).backgroundColor"
    check(f"{name}: dark ground", page.run(ground) != "rgb(246, 247, 248)", page.run(ground))
    page.look("light")
    page.resize(1400)


def system_report(page, simulate, folder):
    path = folder / "report.html"
    run = [simulate, "report", "bert-base", "h100-sxm", "--output", str(path)]
    subprocess.run(run, check=True)
    check("the page is smaller than 1.5 MB", path.stat().st_size < 1.5e6, path.stat().st_size)
    open_page(page, path)
    data = packed(path)
    printed = json.loads(subprocess.run(
        [simulate, "run", "bert-base", "h100-sxm", "--format", "json"], check=True, capture_output=True).stdout)
    own = data["cases"]["-".join(str(data["own"][name]) for name in data["dimensions"])]
    for key in ("latency_us", "device_busy_us", "framework_tax_us", "framework_tax_fraction", "bound"):
        check(f"the page's {key} is that of simulate run", own[key] == printed[key], (own[key], printed[key]))

    def shown(field):
        return page.run(f"document.querySelector('[data-field={field}]').textContent")

    check("the number shown is the tax", shown("number") == f"{own['framework_tax_fraction'] * 100:.0f}%", shown("number"))
    table = "document.querySelector('#latency table')"
    batch = page.run(f"""[...{table}.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))""")
    check("the table behind the chart has the run's latency",
          any(row[0] == "1" and abs(float(row[1].replace(",", "")) * 1e3 - own["latency_us"]) < 0.51 for row in batch), batch)
    for figure in ("latency", "breakdown", "roofline", "timeline", "projection", "uncertainty", "hindcast", "sensitivity"):
        check(f"{figure} has a chart and a table",
              page.run(f"!!document.querySelector('#{figure} svg') && !!document.querySelector('#{figure} table')"))
    looks(page, "a system's report")

    # Every choice changes the words, and the charts that depend on it.
    for key, case in list(data["cases"].items())[::7]:
        for name, value in zip(data["dimensions"], key.split("-")):
            choose(page, name, value)
        check(f"choice {key}: the finding", shown("finding") == case["text"]["finding"], shown("finding"))
        check(f"choice {key}: the latency", shown("latency") == case["text"]["latency"], shown("latency"))
        id = data["figures"]["roofline"].get(key)
        check(f"choice {key}: the roofline", str(id) == page.run("document.querySelector('[data-figure=roofline]').dataset.shown"))
        wrong = page.run(LAYOUT)
        check(f"choice {key}: layout", not wrong, wrong[:4])
    for name in data["dimensions"]:
        choose(page, name, data["own"][name])
    check("back to the first choice", shown("finding") == own["text"]["finding"])

    # The timeline zooms and pans, by buttons and keys.
    count = "document.querySelectorAll('#timeline .wide .lane-1 rect').length"
    label = "document.querySelector('#timeline-range').textContent"
    settle = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    whole = page.run(label)
    lanes = page.run(count)
    for _ in range(4):
        page.run("document.querySelector('#timeline-tools [value=in]').click()")
        page.run(settle)
    check("zooming in shows a shorter stretch", page.run(label) != whole, page.run(label))
    check("zooming in shows fewer kernels", 0 < page.run(count) < lanes, (page.run(count), lanes))
    here = page.run(label)
    page.run("document.querySelector('#timeline .wide svg').focus()")
    page.key("ArrowRight", modifiers=8)
    page.run(settle)
    check("a key pans", page.run(label) != here, page.run(label))
    page.key("0", "Digit0")
    page.run("""document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "0", bubbles: true}))""")
    page.run(settle)
    check("a key shows the whole pass again", page.run(label) == whole, page.run(label))
    check("a step of the timeline takes less than 0.5 s", zoom_cost(page) < 0.5)

    # Arrow keys read a chart's values.
    page.run("document.querySelector('#latency .wide svg').focus()")
    page.key("ArrowRight")
    check("a key shows a value", "batch 1" in page.run("document.querySelector('#tip').textContent"),
          page.run("document.querySelector('#tip').textContent"))
    check("and reads it", "batch 1" in page.run("document.querySelector('#live').textContent"))
    page.look("print")
    check("paper has no controls", page.run("getComputedStyle(document.querySelector('form.choices')).display") == "none")
    check("every control has a name",
          page.run("[...document.querySelectorAll('button,select')].every(e => e.textContent.trim() || e.ariaLabel || e.labels.length)"))
    page.look("light")


def hostile_names(page, simulate, folder):
    names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a & b 'c' ]]> </template></script>"]
    for index, name in enumerate(names):
        workload = folder / f"hostile-{index}.json"
        workload.write_text(json.dumps({
            "schema": "workload/1", "name": name, "parameters": {"batch": 1},
            "program": [{"operator": name, "inputs": [["batch", 64]]},
                        {"operator": "aten::linear", "inputs": [["batch", 64], [64, 64], [64]]}]}))
        path = folder / f"hostile-{index}.html"
        done = subprocess.run(
            [simulate, "report", str(workload), "h100-sxm", "--output", str(path)], capture_output=True, text=True)
        check(f"a workload called {name} has a report", done.returncode == 0, done.stderr)
        if done.returncode:
            continue
        open_page(page, path)
        check("its name is text", name in page.run("document.querySelector('#finding').textContent"))
        check("and no markup", page.run("document.querySelectorAll('main img, header img, svg script, h1 script').length") == 0)


def large_reports(page, simulate, folder):
    workload = folder / "large.json"
    workload.write_text(json.dumps({
        "schema": "workload/1", "name": "large", "parameters": {"batch": 1, "sequence_length": 128},
        "program": [{"repeat": 25000, "program": [
            {"operator": "aten::linear", "inputs": [["batch", "sequence_length", 768], [768, 768], [768]]},
            {"operator": "aten::relu", "inputs": [["batch", "sequence_length", 768]]},
            {"operator": "aten::linear", "inputs": [["batch", "sequence_length", 768], [3072, 768], [3072]]},
            {"operator": "aten::add", "inputs": [["batch", "sequence_length", 768], ["batch", "sequence_length", 768]]}]}]}))
    path = folder / "large.html"
    subprocess.run([simulate, "report", str(workload), "h100-sxm", "--output", str(path)], check=True)
    timeline(page, path)
    rows = folder / "rows.csv"
    subprocess.run(
        [simulate, "sweep", "bert-base", "h100-sxm", "--over", "batch=1,4,16,64", "--over", "framework=pytorch-eager,cuda-graph",
         "--over", "host.single_thread_speed=0.25..4:log25", "--over", "accelerator.memory.bandwidth_gb_per_s=500..20000:log50",
         "--output", str(rows)], check=True)
    path = folder / "sweep.html"
    subprocess.run([simulate, "report", "--sweep", str(rows), "--output", str(path)], check=True)
    check("a sweep of 10,000 points is smaller than 5 MB", path.stat().st_size < 5e6, path.stat().st_size)
    seconds = open_page(page, path)
    check("and opens in 2 s", seconds < 2 * patience(), seconds)
    status = "document.querySelector('.status').textContent"
    check("all rows are there", page.run(status) == "rows 1 to 100 of 10000", page.run(status))
    page.run("document.querySelector('.after').click()")
    check("they are paged", page.run(status) == "rows 101 to 200 of 10000", page.run(status))
    page.run("[...document.querySelectorAll('th button')].find(b => b.textContent === 'latency_us').click()")
    first = page.run("document.querySelector('[data-rows] tbody tr').cells[4].textContent")
    least = min(float(line.split(",")[4]) for line in rows.read_text().splitlines()[1:])
    check("and sorted", abs(float(first.replace(",", "")) / least - 1) < 1e-4, (first, least))
    looks(page, "a sweep's page")


def timeline(page, path):
    check("100,000 kernels are smaller than 5 MB", path.stat().st_size < 5e6, path.stat().st_size)
    seconds = open_page(page, path)
    print(f"100,000 kernels: {path.stat().st_size / 1e6:.2f} MB, open in {seconds:.2f} s")
    check("and open in 2 s", seconds < 2 * patience(), seconds)
    data = packed(path)
    kernels = max(lane["count"] for t in data["timelines"].values() for lane in t["lanes"] if "stream" in lane["name"])
    check("all kernels are in it", kernels >= 100_000, kernels)
    cost = zoom_cost(page)
    check("and a step of the zoom takes less than 0.5 s", cost < 0.5, cost)
    print(f"a step of its zoom: {cost * 1e3:.0f} ms of the page's processor time")


def zoom_cost(page, steps=12):
    """Seconds of the page's thread for a step of the zoom: processor time, whatever else the machine does."""
    begun = page.busy()
    page.run(f"""(async () => {{ for (let i = 0; i < {steps}; i++) {{
      document.querySelector('#timeline-tools [value=' + (i < {steps // 2} ? 'in' : 'out') + ']').click();
      await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame); }} }})()""")
    return (page.busy() - begun) / steps


def studies(page, simulate, folder):
    for name in ("model-design", "frameworks", "platforms", "tax"):
        path = folder / f"{name}.html"
        subprocess.run([simulate, "report", "--study", name, "--output", str(path)], check=True)
        open_page(page, path)
        check(f"study {name} has charts", page.run("document.querySelectorAll('svg.chart').length") >= 2)
        looks(page, f"study {name}")


def patience():
    """How much longer than on an idle machine things may take: a busy one is no slower page."""
    return max(1, os.getloadavg()[0] / (os.cpu_count() or 1))


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 64
    simulate = str(pathlib.Path(arguments[0]).resolve())
    if not browser.find():
        print("skipped: no Chromium to open reports in; apt-get install chromium")
        return 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        page = browser.Browser()
        try:
            for test in (system_report, hostile_names, large_reports, studies):
                page.events.clear()
                test(page, simulate, pathlib.Path(folder))
                wrong = complaints(page)
                check(f"{test.__name__}: no error, no request", not wrong, wrong[:5])
        finally:
            page.close()
    print(f"{checks['passed']} passed, {checks['failed']} failed ({time.monotonic() - begun:.0f} s)")
    return 1 if checks["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
