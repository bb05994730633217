"""Well-formed command lines, by chance, with the files that they read."""
import json

from . import material
from .execution import Case

OVER_NUMBERS = ["batch=1,2,4,8", "batch=1..64:log7", "accelerator.memory.bandwidth_gb_per_s=100..10000:log5",
                "host.single_thread_speed=0.5,1,2", "accelerator.clock_ghz=0.5..3:lin4",
                "accelerator.launch.call_us=0,1,5", "framework.kernel_us=0..4:lin3"]
# A complete sweep, run once by the tool, whose beginnings are resumed.
RESUMED = ["sweep", "bert-base-uncased", "nvidia-t4", "--over", "batch=1,2,4,8,16,32", "--over",
           "host.single_thread_speed=0.5,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"]


class Commands:
    """Makes commands; `rows` holds the complete bytes of the resumed sweep by format."""

    def __init__(self, catalog, rows):
        self.catalog = catalog
        self.rows = rows

    def make(self, chance):
        kinds = [(self.run, 34), (self.sweep, 14), (self.resume, 5), (self.plan, 8), (self.report, 6),
                 (self.roofline, 6), (self.project, 5), (self.trace, 16), (self.validate, 7), (self.calibrate, 3),
                 (self.profiles, 7), (self.study, 1), (self.headline, 1)]
        make = chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        case = make(chance)
        if chance.random() < 0.1:
            case.environment = dict([chance.choice([
                ("COLUMNS", "40"), ("NO_COLOR", "1"), ("TERM", "dumb"), ("LC_ALL", "de_DE.UTF-8"), ("LC_ALL", "C"),
                ("TZ", "Asia/Kathmandu")])])
        return case

    # What a system is made of: a name of the catalog, or a file of the case's folder.

    def workload(self, chance, files):
        draw = chance.random()
        if draw < 0.45:
            files["w.json"] = json.dumps(material.workload(chance), indent=chance.choice([None, 1])).encode()
            return "w.json"
        name = chance.choice(self.catalog.small_workloads)
        if draw < 0.8:
            files["w.json"] = self.catalog.files["workloads"][name]
            return "w.json"
        return name

    def profile(self, chance, files, folder, path, odds):
        if chance.random() < odds:
            files[path] = self.catalog.profile(folder, chance)
            return path
        return chance.choice(self.catalog.names[folder])

    def system(self, chance, files, needs_accelerator=False, is_roofline=False):
        """A system without a contradiction: what would change nothing is refused, and ends a case before it begins."""
        accelerator = self.profile(chance, files, "accelerators", "a.json", 0.45)
        has_accelerator = needs_accelerator or chance.random() >= 0.08
        arguments = [self.workload(chance, files), accelerator if has_accelerator else "none"]
        if chance.random() < 0.3 and not is_roofline:
            arguments += ["--host", self.profile(chance, files, "hosts", "h.json", 0.6)]
        if chance.random() < 0.5:
            arguments += ["--framework", self.profile(chance, files, "frameworks", "f.json", 0.4)]
        if chance.random() < 0.2:
            arguments += ["--precision", chance.choice(["fp32", "fp16"])]
        if chance.random() < 0.2:
            arguments += ["--batch", str(chance.choice([1, 2, 8, 64]))]
        if chance.random() < 0.25:
            path = chance.choice([path for path in material.SETTABLE if
                                  (has_accelerator or not path.startswith("accelerator")) and
                                  (not is_roofline or path.startswith("accelerator"))])
            usual, unusual = [1, 2, 16, 100, 512], ["1e300", "1e-300", "1e18", "1e15", "1e-9", "0", "1e6"]
            arguments += ["--set", f"{path}={chance.choice(usual if chance.random() < 0.7 else unusual)}"]
        if chance.random() < 0.1 and has_accelerator:
            arguments += ["--kernel-model", chance.choice(["calibrated", "roofline"])]
        if chance.random() < 0.1 and not is_roofline:
            arguments += ["--synchronized"]
        if chance.random() < 0.12:
            name = chance.choice(["accelerators", "hosts", "frameworks", "workloads", "architectures"])
            files[f"cat/{name}/x.json"] = self.catalog.files[name][chance.choice(self.catalog.names[name])]
            arguments += ["--catalog", "cat"]
        return arguments

    def run(self, chance):
        files = {}
        arguments = ["run", *self.system(chance, files)]
        form = chance.choice(["json", "json", "csv", "table", "table"])
        if form != "table" or chance.random() < 0.2:
            arguments += ["--format", form]
        elif chance.random() < 0.1:
            arguments += ["--ascii"]
        if chance.random() < 0.15 and form != "csv":
            arguments += ["--sensitivity"]
        if chance.random() < 0.3:
            arguments += ["--method", chance.choice(material.MODES_OF_TIME)]
        elif chance.random() < 0.15:
            arguments += ["--timeline", "t.json"]
        return Case(arguments, files)

    def sweep(self, chance):
        files = {}
        arguments = ["sweep", *self.system(chance, files, needs_accelerator=True)]
        if "--batch" in arguments:
            at = arguments.index("--batch")
            del arguments[at:at + 2]
        for over in chance.sample(OVER_NUMBERS, chance.choice([1, 1, 2])):
            arguments += ["--over", over]
        if chance.random() < 0.3:
            over = chance.choice(["framework=pytorch-eager,cuda-graph", "host=intel-*", "precision=fp16,fp32"])
            if "--" + over.split("=")[0] not in arguments:
                arguments += ["--over", over]
        if chance.random() < 0.2:
            arguments += ["--shard", chance.choice(["1/2", "2/3", "1/1"])]
        arguments += self.rows_output(chance)
        return Case(arguments, files)

    @staticmethod
    def rows_output(chance):
        arguments = []
        if chance.random() < 0.4:
            arguments += ["--threads", chance.choice(["1", "2", "4"])]
        if chance.random() < 0.5:
            arguments += ["--format", chance.choice(["csv", "jsonl", "table", "summary"])]
        elif chance.random() < 0.6:
            arguments += ["--output", chance.choice(["r.csv", "r.jsonl"])]
        return arguments

    def resume(self, chance):
        form = chance.choice(["csv", "jsonl"])
        path = f"r.{form}"
        whole = self.rows.get(form, b"")
        beginning = whole[:chance.randrange(len(whole) + 1)]
        return Case([*RESUMED, "--output", path, "--resume"], {path + ".partial": beginning},
                    expected={path: whole} if whole else {})

    def plan(self, chance):
        files = {}
        plan = {"schema": "sweep/1", "workload": self.workload(chance, files),
                "accelerator": self.profile(chance, files, "accelerators", "a.json", 0.2)}
        plan["over"] = dict(chance.sample([
            ("batch", [1, 2, 4]), ("accelerator.memory.bandwidth_gb_per_s", "100..1000:log4"),
            ("host.single_thread_speed", [0.5, 1, 2]), ("framework", ["pytorch-eager", "torchscript"])],
            chance.choice([1, 2])))
        if chance.random() < 0.4:
            plan["host"] = chance.choice(self.catalog.names["hosts"])
        if chance.random() < 0.4 and "framework" not in plan["over"]:
            plan["framework"] = chance.choice(self.catalog.names["frameworks"])
        if chance.random() < 0.3:
            plan["precision"] = chance.choice(["fp16", "fp32"])
        if chance.random() < 0.3:
            plan["set"] = {chance.choice(material.SETTABLE): chance.choice([1, 2.5, 300])}
        if chance.random() < 0.3 and "batch" not in plan["over"]:
            plan["parameters"] = {"batch": 4}
        if chance.random() < 0.2:
            plan["synchronized"] = chance.choice([True, False])
        files["p.json"] = json.dumps(plan, indent=1).encode()
        return Case(["sweep", "--plan", "p.json", *self.rows_output(chance)], files)

    def report(self, chance):
        files = {}
        arguments = ["report", *self.system(chance, files, needs_accelerator=True)]
        draw = chance.random()
        if draw < 0.9:
            ending = chance.choice(["svg", "svg", "vl.json", "csv", "jsonl", "md"])
            arguments += ["--chart", chance.choice(material.CHARTS), "--output", f"c.{ending}"]
            if chance.random() < 0.3 and ending == "svg":
                arguments += ["--width", chance.choice(["400", "900"])]
        elif draw < 0.96:
            files["rows.csv"] = self.rows.get("csv", b"")
            arguments = ["report", "--sweep", "rows.csv", "--output", "p.html"]
        else:
            files["m.csv"] = material.measurements(chance, self.catalog)
            arguments += ["--measurements", "m.csv", "--output", "p.html"]
        return Case(arguments, files)

    def roofline(self, chance):
        files = {}
        return Case(["roofline", *self.system(chance, files, True, True), "--format", chance.choice(["json", "csv", "table"])],
                    files)

    def project(self, chance):
        files = {}
        arguments = ["project", *self.system(chance, files, needs_accelerator=True)]
        draw = chance.random()
        if draw < 0.4:
            arguments += ["--scale", chance.choice(["peak=4", "peak=2,bandwidth=3,launch=0.5", "host=2", "gap=0.1"])]
        elif draw < 0.7:
            arguments += ["--year", chance.choice(["2026", "2030", "2040"]), "--samples", "20"]
        else:
            arguments += ["--target", chance.choice([
                "framework_tax_fraction=0.1", "latency_us=500", "device_busy_us=10"])]
            arguments += ["--vary", chance.choice(["dispatch", "host,batch", "bandwidth"])]
        return Case(arguments + ["--format", chance.choice(["json", "csv", "table"])], files)

    def trace(self, chance):
        data = self.catalog.recording if chance.random() < 0.3 else json.dumps(
            material.recording(chance), indent=chance.choice([None, 1])).encode()
        path, files, stdin = "t.json", {}, None
        if chance.random() < 0.2:
            path, data = "t.json.gz", material.packed(data)
        if chance.random() < 0.1:
            path, stdin = "-", data
        else:
            files[path] = data
        arguments = ["trace", path]
        if chance.random() < 0.4:
            arguments += ["--accelerator", self.profile(chance, files, "accelerators", "a.json", 0.4)]
        if chance.random() < 0.2:
            arguments += ["--framework", "cuda-graph"]
        if chance.random() < 0.2:
            arguments += [chance.choice(["--host-speed", "--device-speed"]), chance.choice(["2", "0.5"])]
        if chance.random() < 0.15:
            arguments += ["--profiler-overhead-us", chance.choice(["1", "0.5", "estimated"])]
        if chance.random() < 0.3 and b"ProfilerStep#7" in data:
            arguments += ["--step", "7"]
        if chance.random() < 0.1:
            arguments += ["--timeline", "out.json"]
        if chance.random() < 0.08:
            arguments += ["--report", "out.html"]
        if chance.random() < 0.15:
            arguments += ["--recorded-accelerator", chance.choice(self.catalog.names["accelerators"])]
        if chance.random() < 0.5:
            arguments += ["--format", "json"]
        return Case(arguments, files, stdin=stdin)

    def validate(self, chance):
        if chance.random() < 0.3:
            files = {"k.csv": self.catalog.kernels if chance.random() < 0.3 else material.kernels(chance, self.catalog)}
            return Case(["validate", "k.csv", "--kernels", "--format", chance.choice(["csv", "table", "json"])], files)
        files = {"m.csv": self.catalog.measurements if chance.random() < 0.3 else
                 material.measurements(chance, self.catalog)}
        arguments = ["validate", "m.csv"]
        if chance.random() < 0.5:
            arguments += ["--fit", "host"]
        if chance.random() < 0.5:
            arguments += ["--format", chance.choice(["csv", "table"])]
        if chance.random() < 0.05:
            arguments += ["--error-band", "b.json"]
        if chance.random() < 0.2:
            arguments += ["--set", f"{chance.choice(material.SETTABLE)}=2"]
        return Case(arguments, files)

    def calibrate(self, chance):
        if chance.random() < 0.4:
            files = {"t.json": json.dumps(material.recording(chance)).encode()}
            arguments = ["calibrate", "--trace", "t.json"]
        else:
            files = {"m.csv": material.measurements(chance, self.catalog)}
            arguments = ["calibrate", "m.csv"]
            if chance.random() < 0.4:
                arguments += ["--rounds", "1", "--fit", "accelerator.efficiency.memory"]
        if chance.random() < 0.6:
            arguments += ["--output", "fit"]
        return Case(arguments, files)

    def profiles(self, chance):
        files = {}
        draw = chance.random()
        if draw < 0.6:
            paths = []
            for folder in chance.sample(["accelerators", "hosts", "frameworks", "architectures"],
                                        chance.choice([1, 1, 2])):
                files[folder + ".json"] = self.catalog.profile(folder, chance)
                paths.append(folder + ".json")
            if chance.random() < 0.4:
                paths.append(self.workload(chance, files))
            return Case(["profiles", "check", *[path for path in paths if path in files]], files)
        if draw < 0.8:
            return Case(["profiles", "show", self.profile(chance, files, "accelerators", "a.json", 0.8)], files)
        folder = chance.choice(["accelerators", "hosts", "frameworks", "workloads"])
        files[f"cat/{folder}/x.json"] = self.catalog.files[folder][chance.choice(self.catalog.names[folder])]
        return Case(["profiles", "list", folder, "--catalog", "cat",
                     "--format", chance.choice(["table", "csv", "names"])], files)

    def study(self, chance):
        return Case(["study", chance.choice(["model-design", "frameworks", "platforms", "tax"]),
                     "--format", chance.choice(["table", "json", "csv"])])

    def headline(self, chance):
        return Case([])
