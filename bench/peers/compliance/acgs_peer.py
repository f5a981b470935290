"""What acgs-lite prints for an empty and for a well-run set-up.

  python3 -m venv v && v/bin/pip install acgs-lite==3.0.1
  v/bin/python acgs_peer.py
"""
import importlib.metadata as md, json, os, subprocess, sys, tempfile
from pathlib import Path

TMP = tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True)
BIN, ROOT = Path(sys.executable).parent, Path(TMP.name)
ENV_OFF = {k: v for k, v in os.environ.items() if not k.startswith(("ACGS_", "GDPR_", "DORA_"))} | {"HOME": str(ROOT)}
ENV_ON = ENV_OFF | {"ACGS_AUDIT_ENABLED": "true", "ACGS_HUMAN_OVERSIGHT": "required", "ACGS_RISK_TIER": "high",
                    "GDPR_DATA_CONTROLLER": "Example Ltd", "GDPR_DPO_CONTACT": "dpo@example.org"}
SHOW = ("Score", "Coverage", "gaps)", "STRONG", "MODERATE", "AT RISK", "Gate", "Article", "Main obl", "Indicative",
        "not a compliance", "ready to share", "Error", "error", "not found", "No evidence", "eu_ai_act", "entries")


def head(text):
    print(f"\n##### {text}")


def new(name):
    d = ROOT / name
    d.mkdir()
    return d


def run(cwd, *args, env=ENV_OFF, show=SHOW):
    p = subprocess.run([BIN / args[0], *args[1:]], cwd=cwd, env=env, capture_output=True, text=True)
    print("$", " ".join(args))
    for line in (p.stdout + p.stderr).replace(str(ROOT), "<tmp>").splitlines():
        if any(s in line for s in show):
            print("   ", line.strip()[:150])
    print("    exit", p.returncode)


API = """
import json, sys
from pathlib import Path
from acgs_lite.audit import AuditLog, JSONLAuditBackend
from acgs_lite.compliance import MultiFrameworkAssessor
from acgs_lite.compliance.evidence import collect_evidence
log = Path("governance.audit.jsonl")
log = AuditLog.from_backend(JSONLAuditBackend(log)) if log.exists() else None
desc = {"system_id": "s", "risk_tier": "high"}
for title, extra in (("without evidence", {}), ("with collect_evidence()", {"_evidence": collect_evidence(desc, audit_log=log)})):
    r = MultiFrameworkAssessor(frameworks=["eu_ai_act"]).assess(desc | extra).by_framework["eu_ai_act"]
    n = {}
    for i in r.items: n[i["status"]] = n.get(i["status"], 0) + 1
    print("    EUAIActFramework", title, "score", r.compliance_score, n, "gaps", [g.split(":")[0] for g in r.gaps])
    if extra:
        for i in r.items:
            if i["ref"] in ("EU-AIA Art.9(4)", "EU-AIA Art.10(2)", "EU-AIA Art.14(1)"):
                print("      ", i["ref"], i["status"], "|", i["evidence"])
"""


def api(cwd, env=ENV_OFF):
    p = subprocess.run([sys.executable, "-c", API], cwd=cwd, env=env, capture_output=True, text=True)
    print(p.stdout.rstrip() or p.stderr.strip().splitlines()[-1])


def all_three(cwd, env=ENV_OFF, log=()):
    run(cwd, "acgs", "assess", "--framework", "eu_ai_act", env=env)
    run(cwd, "acgs", "eu-ai-act", "--json", "-o", "eu.json", env=env)
    run(cwd, "acgs", "report", "--markdown", "-o", "report.md", env=env)
    run(cwd, "acgs", "evidence", *log, env=env)
    api(cwd, env)
    print("    report.md:", [x for x in (cwd / "report.md").read_text().splitlines() if "Active" in x or "Constitutional Hash**" in x])


from acgs_lite import Constitution, GovernanceEngine, MACIRole
from acgs_lite.audit import AuditLog, JSONLAuditBackend
from acgs_lite.eu_ai_act import Article12Logger, ComplianceChecklist, HumanOversightGateway
from acgs_lite.maci import MACIEnforcer

print("acgs-lite", md.version("acgs-lite"))
head("A. empty directory")
all_three(new("empty"))
print("    Article12Logger('s').compliance_summary():", Article12Logger("s").compliance_summary())
print("    HumanOversightGateway('s').compliance_summary():", HumanOversightGateway("s").compliance_summary())

head("B. well-run: acgs init, an audit log from a real engine, MACI checks, a person's approval, the documents it looks for")
b = new("well")
run(b, "acgs", "init", show=("Created",))
os.chdir(b)
backend = JSONLAuditBackend("governance.audit.jsonl")
log = AuditLog(backend=backend)
engine = GovernanceEngine(Constitution.from_yaml("rules.yaml"), audit_log=log, strict=False)
for text in ("summarise the report", "read the invoice", "send the ssn"):
    print("    engine:", text, "->", engine.validate(text, agent_id="a").valid)
maci = MACIEnforcer(audit_log=log)
maci.assign_role("a", MACIRole.PROPOSER)
maci.check("a", "propose")
backend.flush()
gate = HumanOversightGateway("s")
gate.approve(gate.submit("refund", "pay 900 EUR", impact_score=0.9).decision_id, reviewer_id="ops", notes="seen")
print("    HumanOversightGateway:", gate.compliance_summary())
print("    audit log:", len(log.entries), "entries, verify_chain", log.verify_chain())
for name in ("risk-register.md", "system-card.md", "fria.md", "impact-assessment.md", "bias-assessment.md",
             "data-governance-policy.md", "privacy-policy.md", "incident-response-plan.md", "transparency-disclosure.md"):
    Path(name).write_text(f"# {name}\n\nDrawn up and approved by Example Ltd for this system.\n")
all_three(b, ENV_ON, ("--audit-log", "governance.audit.jsonl"))

head("B2. ComplianceChecklist with the rest marked by hand (its documented use)")
c = ComplianceChecklist("s")
c.auto_populate_acgs_lite()
for ref in ("Article 10", "Article 11", "Article 15", "Article 16"):
    c.mark_complete(ref, evidence="see file")
r = c.generate_report()
print("   ", {k: r[k] for k in ("compliance_score", "gate_clear", "blocking_gaps", "high_risk_deadline")})
print("    statuses:", sorted({i["status"] for i in r["items"]}))

head("C1. the same file names, all empty files, no rules, no log")
e = new("names")
for f in b.glob("*.md"):
    if f.name != "report.md":
        (e / f.name).write_text("")
api(e)

head("C2. audit log edited, then edited and rechained (no key)")
import hashlib
from acgs_lite.audit import AuditEntry
path = Path("governance.audit.jsonl")
rows = [json.loads(x) for x in path.read_text().splitlines()]
bad = next(x for x in rows if x["valid"] is False)
bad["valid"], bad["violations"] = True, []
path.write_text("\n".join(map(json.dumps, rows)) + "\n")
run(b, "acgs", "evidence", "--audit-log", path.name, env=ENV_ON)
prev = "genesis"
for x in rows:
    entry = AuditEntry(**{k: v for k, v in x.items() if not k.startswith("_")})
    prev = x["_chain_hash"] = hashlib.sha256(f"{prev}|{entry.entry_hash}".encode()).hexdigest()
path.write_text("\n".join(map(json.dumps, rows)) + "\n")
run(b, "acgs", "evidence", "--audit-log", path.name, env=ENV_ON)

head("C3. is the printed CLI text the same for A and B? is the word compliant printed?")
texts = []
for d, env in ((ROOT / "empty", ENV_OFF), (b, ENV_ON)):
    for args in (["assess", "--framework", "eu_ai_act", "--system-id", "s"], ["eu-ai-act", "--json", "-o", "x.json", "--system-id", "s"]):
        texts.append(subprocess.run([BIN / "acgs", *args], cwd=d, env=env, capture_output=True, text=True).stdout)
print("    acgs assess: identical", texts[0] == texts[2], "| acgs eu-ai-act: identical", texts[1] == texts[3])
print("    word 'compliant' on the terminal:", any(w.strip('".,:') == "compliant" for t in texts for w in t.lower().split()),
      """| '"status": "compliant"' in eu.json of A:""", (ROOT / "empty/eu.json").read_text().count('"status": "compliant"'),
      "| in the assess cache of A:", (ROOT / "empty/.acgs_assessment.json").read_text().count('"status": "compliant"'))
print("    dates in the empty set-up's files:", sorted({w for f in ("eu.json", "report.md") for w in (
    "2027-12-02", "December 2, 2027", "2028-08-02", "August 2, 2028", "2026-08-02", "August 2, 2026")
    if w in (ROOT / "empty" / f).read_text()}))

head("C4. the written reports: any hash or signature of their own content?")
j = json.loads((b / "eu.json").read_text())
print("    eu.json keys:", sorted(j))
print("    keys naming a hash, signature or digest:",
      sorted({k for k in json.dumps(j).split('"') if k.isidentifier() and any(s in k.lower() for s in ("signature", "digest", "_hash"))}))
