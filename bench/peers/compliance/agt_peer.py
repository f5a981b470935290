"""What Microsoft's Agent Governance Toolkit prints for an empty and for a well-run set-up.

  python3 -m venv v && v/bin/pip install 'agent-governance-toolkit-compliance[full]==5.0.0'
  v/bin/python agt_peer.py

(With the compliance package alone, without [full], only section A1 runs.)
"""
import datetime, hashlib, importlib.metadata as md, json, os, subprocess, sys, tempfile, warnings
from pathlib import Path

warnings.simplefilter("ignore")
TMP = tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True)
BIN, ROOT = Path(sys.executable).parent, Path(TMP.name)
NOW = datetime.datetime.now(datetime.timezone.utc)


def head(text):
    print(f"\n##### {text}")


def run(cwd, *args, show=("Verification", "Coverage", "Toolkit:", "Mode", "Attestation", "✅", "❌", " - ",
                          "Runtime Evidence", "Error", "Badge", "No such")):
    p = subprocess.run([BIN / args[0], *args[1:]], cwd=cwd, capture_output=True, text=True,
                       env=os.environ | {"NO_COLOR": "1", "COLUMNS": "160"})
    out = (p.stdout + p.stderr).replace(str(ROOT), "<tmp>")
    print("$", " ".join(args))
    for line in out.splitlines():
        if any(s in line for s in show):
            print("   ", line.rstrip())
    print("    exit", p.returncode)
    return p.stdout


def new(name):
    d = ROOT / name
    d.mkdir()
    return d


for dist in ("compliance", "core", "cli", "integrations", "protocols"):
    try:
        print(f"agent-governance-toolkit-{dist}", md.version(f"agent-governance-toolkit-{dist}"))
    except md.PackageNotFoundError:
        print(f"agent-governance-toolkit-{dist}", "not installed")

head("A1. empty directory")
empty = new("empty")
run(empty, "agt", "verify")
run(empty, "agt", "verify", "--badge", show=("",))
run(empty, "agt", "verify", "--evidence", "agt-evidence.json")
(empty / "e.json").write_text('{"schema": "agt-runtime-evidence/v1", "deployment": {}}')
from agent_compliance.verify import GovernanceVerifier
a = GovernanceVerifier().verify()
print(f"    README snippet: Grade: {a.compliance_grade()}  Coverage: {a.coverage_pct()}%")
head("A2. evidence file with an empty deployment")
run(empty, "agt", "verify", "--evidence", "e.json")
run(empty, "agt", "verify", "--badge", "--evidence", "e.json", show=("",))

try:
    from agentmesh.governance import govern
    from agentmesh.governance.approval import ApprovalDecision, CallbackApproval
    from agentmesh.governance.audit import AuditLog
    from agentmesh.governance.audit_backends import FileAuditSink
    from agentmesh.governance.compliance import ComplianceEngine, ComplianceFramework as F
    from agentmesh.governance.evidence_pipeline import EvidencePipeline
    from agentmesh.identity import AgentIdentity
except ImportError as e:
    sys.exit(f"\n(the rest needs [full]: {e})")


def euai(title, **actions):
    engine = ComplianceEngine(frameworks=[F.EU_AI_ACT])
    found = [engine.check_compliance("did:mesh:a", k, v) for k, v in actions.items()]
    r = engine.generate_report(F.EU_AI_ACT, NOW - datetime.timedelta(days=1), NOW + datetime.timedelta(days=1))
    print(f"    {title}: compliance_score={r.compliance_score} controls_met={r.controls_met}/{r.total_controls}"
          f" violations={len(r.violations)} evidence_items={r.evidence_items}")
    return r


def annex(d, **kw):
    rep = EvidencePipeline("sys", "prov", **kw).run()
    rep.save_markdown(d / "annex.md")
    print("    Annex IV draft: sources", len(rep.sources), "| placeholders 'DEPLOYER ACTION REQUIRED':",
          sum(bool(s.placeholder) for s in rep.document.sections), "of", len(rep.document.sections), "sections")
    for w in rep.warnings:
        print("      gap:", w)


head("A3. EU AI Act report and Annex IV draft, nothing recorded")
euai("no agent, no action")
annex(empty)

head("B. well-run: govern() with a deny-by-default policy, approval by a person, signed audit file, identity")
b = new("well")
(b / "policies").mkdir()
(b / "policies/production.yaml").write_text("""\
apiVersion: governance.toolkit/v1
name: production-policy
version: "1.0"
agents: ["*"]
default_action: deny
rules:
  - {name: allow-read, condition: "action.type == 'read'", action: allow}
  - {name: block-destructive, condition: "action.type in ['drop', 'delete']", action: deny}
  - {name: approve-send, condition: "action.type == 'send_email'", action: require_approval, approvers: ["ops"]}
""")
who = AgentIdentity.create(name="support-agent", sponsor="ops@example.org", capabilities=["read"])
tool = govern(lambda action, **kw: f"{action} done", policy=str(b / "policies/production.yaml"), agent_id=str(who.did),
              approval_handler=CallbackApproval(lambda r: ApprovalDecision(approved=True, approver="ops", reason="seen")))
sink = FileAuditSink(b / "audit.jsonl", secret_key=b"k" * 32)
for act in ("read", "send_email", "drop"):
    try:
        print("    tool:", tool(action=act))
    except Exception as e:
        print("    tool:", type(e).__name__, "on", act)
log = AuditLog(sink=sink)
for e in tool.audit_log.query():
    log.log(e.event_type, e.agent_did, e.action, outcome=e.outcome, policy_decision=e.policy_decision, data=e.data)
print("    audit file:", len((b / "audit.jsonl").read_text().splitlines()), "entries, integrity", sink.verify_integrity())
evidence = {
    "schema": "agt-runtime-evidence/v1", "generated_at": NOW.isoformat(), "toolkit_version": "5.0.0",
    "deployment": {
        "policy_files_loaded": ["policies/production.yaml"],
        "registered_tools": ["read", "send_email"],
        "audit_sink": {"enabled": True, "type": "file", "target": "audit.jsonl"},
        "identity": {"enabled": True, "provider": str(who.did)},
        "packages": [{"package": "agent-governance-toolkit-core", "version": "5.0.0"}]}}
(b / "agt-evidence.json").write_text(json.dumps(evidence))
run(b, "agt", "verify", "--evidence", "agt-evidence.json")
run(b, "agent-compliance", "verify")
out = json.loads(run(b, "agt", "--json", "verify", "--evidence", "agt-evidence.json", show=()))
print("    JSON keys:", ", ".join(out))
report = euai("supplied with actions", automated_decision={"human_review": True}, supply_chain_audit={})
(b / "reports").mkdir()
(b / "reports/eu.json").write_text(report.model_dump_json())
annex(b, policies_dir=b / "policies", audit_log_path=b / "audit.jsonl", compliance_reports_dir=b / "reports")
print("      draft says:", [x for x in (b / "annex.md").read_text().splitlines() if "core" in x or "Total audit" in x])
run(b, "agt", "audit", "--framework", "eu-ai-act")

head("C1. the same claims, nothing behind them: a one-line policy, no audit file, no identity, dated 2019")
c = new("claims")
(c / "p.yaml").write_text("deny_by_default: true\n")
ev = json.loads(json.dumps(evidence))
ev["generated_at"], ev["toolkit_version"] = "2019-01-01T00:00:00Z", "0.0.1"
ev["deployment"]["policy_files_loaded"] = ["p.yaml"]
ev["deployment"]["audit_sink"]["target"] = "no-such-file.jsonl"
(c / "agt-evidence.json").write_text(json.dumps(ev))
run(c, "agt", "verify", "--evidence", "agt-evidence.json")
(c / "p.yaml").write_text("default_action: allow\n")
print("  the same with an allow-by-default policy:")
run(c, "agt", "verify", "--evidence", "agt-evidence.json", show=("Verification", "Runtime Evidence", "❌"))

head("C2. EU AI Act report, actions that declare no oversight")
euai("human_review=False", automated_decision={"human_review": False, "explanation": None, "personal_data": True})

head("C3. attestation hash: recomputed from the JSON, then from an edited JSON")


def rehash(j):
    keys = ("mode strict passed controls_passed controls_total controls evidence_checks failures allow_failures_used"
            " verified_at toolkit_version python_version evidence_source").split()
    body = {k: j[k] for k in keys} | {"platform_info": j["platform"]}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


bad = json.loads(run(empty, "agt", "--json", "verify", "--evidence", "e.json", show=()))
print("    original: passed", bad["passed"], "| hash recomputes:", rehash(bad) == bad["attestation_hash"])
bad.update(passed=True, failures=[])
print("    edited:   passed", bad["passed"], "| hash recomputes:", rehash(bad) == bad["attestation_hash"])
bad["attestation_hash"] = rehash(bad)
print("    edited and rehashed, no key needed: hash recomputes:", rehash(bad) == bad["attestation_hash"])
