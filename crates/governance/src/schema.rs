//! JSON Schemas of the files, for editors.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::wire::{
    ActionsFile, AgentFile, ApproversFile, CalendarFile, CasesFile, ComplianceFile, DetectorFile,
    PinsFile, SettingsFile,
};

/// Returns the JSON Schemas (2020-12) of `syndic.yaml`, `agents/*.yaml`, `actions/*.yaml`, `approvers/*.yaml`,
/// `calendars/*.yaml`, `detectors/*.yaml`, `compliance/*.yaml`, `mcp.lock.yaml` and `policies/tests/*.yaml`, each with
/// the name of the file it goes to. They say what an editor can check; `load` says more.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("syndic.schema.json", schema::<SettingsFile>()),
        ("agent.schema.json", schema::<AgentFile>()),
        ("actions.schema.json", schema::<ActionsFile>()),
        ("approvers.schema.json", schema::<ApproversFile>()),
        ("calendar.schema.json", schema::<CalendarFile>()),
        ("detector.schema.json", schema::<DetectorFile>()),
        ("compliance.schema.json", schema::<ComplianceFile>()),
        ("mcp.lock.schema.json", schema::<PinsFile>()),
        ("tests.schema.json", schema::<CasesFile>()),
    ]
}

fn schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().into()
}
