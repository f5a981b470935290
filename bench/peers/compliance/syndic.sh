#!/bin/sh
# What syndic prints of an empty and of a well-run set-up. SYNDIC names the program; needs curl and jq.
set -eu
SYNDIC=${SYNDIC:-syndic}
place=$(mktemp -d)
cd "$place"
agent=customer-support

"$SYNDIC" init empty > /dev/null 2>&1
echo "== empty"
"$SYNDIC" comply report --dir empty --agent $agent --format text

"$SYNDIC" init well > /dev/null 2>&1
"$SYNDIC" serve --dir well --listen 127.0.0.1:17861 --bootstrap-key-file "$place/admin.key" > serve.out 2>&1 &
daemon=$!
trap 'kill $daemon 2> /dev/null || true; rm -rf "$place"' EXIT
until grep -q listening serve.out; do sleep 0.2; done
key=$("$SYNDIC" keys create --role agent --agent $agent --dir well --key-file admin.key 2> /dev/null)
"$SYNDIC" keys create --role approver --approver support-lead-1 --dir well --key-file admin.key > lead.key 2> /dev/null
chmod 600 lead.key

post() {
    curl -s "http://127.0.0.1:17861$1" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$2"
}
act() {
    decided=$(post /v1/actions "$1")
    digest=$(echo "$decided" | jq -r '.permit.args_digest // empty')
    id=$(echo "$decided" | jq -r .action_id)
    [ -z "$digest" ] || post "/v1/actions/$id/outcome" "{\"status\":\"ok\",\"args_digest\":\"$digest\"}" > /dev/null
}
for n in 1 2 3 4 5; do
    act "{\"agent\":\"$agent\",\"action\":\"issue_refund\",\"args\":{\"order_id\":\"A-$n\",\"amount\":45},\"session_id\":\"s-$n\"}"
done
held="{\"agent\":\"$agent\",\"action\":\"issue_refund\",\"args\":{\"order_id\":\"A-9\",\"amount\":150},\"session_id\":\"s-9\"}"
approval=$(post /v1/actions "$held" | jq -r .approval.id)
"$SYNDIC" approvals approve "$approval" --reason 'order checked' --yes --dir well --key-file lead.key > /dev/null
act "$(echo "$held" | jq -c ". + {approval_id: \"$approval\"}")"
for drill in "override --agent $agent" fail-closed export; do
    "$SYNDIC" drill $drill --dir well --key-file admin.key > /dev/null
done

state() {
    "$SYNDIC" attest --agent $agent --field "$1" --value "$2" --name 'risk lead' --function 'risk owner' \
        --dir well --key-file admin.key > /dev/null
}
for field in risk_assessment_completed residual_risks_documented training_data_documented bias_testing_completed \
    users_informed_of_ai override_capability adversarial_testing; do
    state $field true
done
state risk_assessment_date 2026-11-02
for field in system_description intended_purpose human_oversight_measures accuracy_metrics performance_metrics \
    ai_disclosure_text data_quality_measures; do
    state $field "see the technical file"
done
echo "== well-run"
"$SYNDIC" comply report --dir well --agent $agent --key-file admin.key --format text
"$SYNDIC" comply report --dir well --agent $agent --key-file admin.key --out report.json
"$SYNDIC" comply verify report.json --log well
