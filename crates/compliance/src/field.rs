//! The fields that statements are about: what can be measured of each, and which duties each speaks of.

/// What a statement about an item of the checklist begins with, where the item is no field.
pub(crate) const ITEM_PREFIX: &str = "checklist:";

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// By a machine alone: nobody's word counts.
    Measured,
    /// By a machine, or else by somebody's word.
    Either,
    /// By somebody's word, which a machine can contradict.
    Stated,
}

/// What a value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    YesOrNo,
    Day,
    Text,
}

/// A field that statements are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// The article that product R7 files it under; none where it is not of its record.
    pub(crate) filed_under: Option<&'static str>,
    pub(crate) shown: Shown,
    pub(crate) asks: Asks,
    /// What measures or contradicts it.
    pub(crate) probes: &'static [&'static str],
    /// The controls it speaks of.
    pub(crate) controls: &'static [&'static str],
}

/// Returns a field by its name.
pub(crate) fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// Returns the probes that a report takes a field from, where nobody's word counts for it.
#[must_use]
pub fn measured_alone(name: &str) -> Option<&'static [&'static str]> {
    field(name).filter(|field| field.shown == Shown::Measured).map(|field| field.probes)
}

/// Tells whether what is stated about a field, a control or an item of the checklist is `true` or `false`, and nothing
/// else.
#[must_use]
pub fn asks_yes_or_no(name: &str) -> bool {
    field(name).is_none_or(|field| field.asks == Asks::YesOrNo)
}

/// Returns the fields that speak of a control.
pub(crate) fn fields_of(control: &str) -> Vec<&'static str> {
    let speaks = |field: &&Field| field.controls.contains(&control);
    FIELDS.iter().filter(speaks).map(|field| field.name).collect()
}

impl Field {
    const fn stated(name: &'static str, asks: Asks, controls: &'static [&'static str]) -> Self {
        Self { name, filed_under: None, shown: Shown::Stated, asks, probes: &[], controls }
    }

    const fn article(mut self, article: &'static str) -> Self {
        self.filed_under = Some(article);
        self
    }

    const fn shown(mut self, shown: Shown, probes: &'static [&'static str]) -> Self {
        self.shown = shown;
        self.probes = probes;
        self
    }
}

/// All fields of `STATEMENT_FIELDS`, in its order.
pub(crate) const FIELDS: [Field; 27] = [
    Field::stated("risk_assessment_completed", Asks::YesOrNo, &["eu-ai-act:art-9-1-2"])
        .article("Art. 9"),
    Field::stated("risk_assessment_date", Asks::Day, &[]).article("Art. 9"),
    Field::stated("residual_risks_documented", Asks::YesOrNo, &["eu-ai-act:art-9-5"])
        .article("Art. 9"),
    Field::stated("training_data_documented", Asks::YesOrNo, &["eu-ai-act:art-10-1-4"])
        .article("Art. 10"),
    Field::stated("bias_testing_completed", Asks::YesOrNo, &["eu-ai-act:art-10-2-f-g-art-4a"])
        .article("Art. 10"),
    Field::stated("data_quality_measures", Asks::Text, &["eu-ai-act:art-10-1-4"])
        .article("Art. 10"),
    Field::stated("system_description", Asks::Text, &["eu-ai-act:art-11-1-annex-iv"])
        .article("Art. 11"),
    Field::stated("intended_purpose", Asks::Text, &["eu-ai-act:art-11-1-annex-iv"])
        .article("Art. 11"),
    Field::stated("performance_metrics", Asks::Text, &["eu-ai-act:art-15-1-3"]).article("Art. 11"),
    Field::stated("audit_logs_enabled", Asks::YesOrNo, &[])
        .article("Art. 12")
        .shown(Shown::Measured, &["LOG-02", "LOG-04"]),
    Field::stated("log_retention_days", Asks::Text, &[])
        .article("Art. 12")
        .shown(Shown::Measured, &["LOG-06"]),
    Field::stated(
        "users_informed_of_ai",
        Asks::YesOrNo,
        &["eu-ai-act:art-50-1", "eu-ai-act:art-50-5"],
    )
    .article("Art. 13")
    .shown(Shown::Either, &["TRN-01"]),
    Field::stated("ai_disclosure_text", Asks::Text, &["eu-ai-act:art-50-5"]).article("Art. 13"),
    Field::stated(
        "human_oversight_measures",
        Asks::Text,
        &["eu-ai-act:art-14-1-3", "eu-ai-act:art-26-2"],
    )
    .article("Art. 14")
    .shown(Shown::Stated, &["HUM-09"]),
    Field::stated("override_capability", Asks::YesOrNo, &["eu-ai-act:art-14-4-d-e"])
        .article("Art. 14")
        .shown(Shown::Either, &["HUM-05"]),
    Field::stated("accuracy_metrics", Asks::Text, &["eu-ai-act:art-15-1-3"])
        .article("Art. 15")
        .shown(Shown::Either, &["ACC-01"]),
    Field::stated("adversarial_testing", Asks::YesOrNo, &["eu-ai-act:art-15-5"])
        .article("Art. 15")
        .shown(Shown::Either, &["ACC-02"]),
    Field::stated("risk_level_classified", Asks::YesOrNo, &[]),
    Field::stated("failure_modes_documented", Asks::YesOrNo, &[]),
    Field::stated("stakeholders_identified", Asks::YesOrNo, &[]),
    Field::stated(
        "prohibited_practices_screened",
        Asks::YesOrNo,
        &["eu-ai-act:art-5-1-a-h", "eu-ai-act:art-5-1-ba-bb-with-1a-1b"],
    ),
    Field::stated("data_access_documented", Asks::YesOrNo, &[]),
    Field::stated("gdpr_data_handling", Asks::YesOrNo, &["gdpr:art-30"]),
    Field::stated("sector_requirements_reviewed", Asks::YesOrNo, &[]),
    Field::stated("incident_response_plan", Asks::Text, &["hipaa:164.308-a-6"]),
    Field::stated("instructions_for_use", Asks::Text, &["eu-ai-act:art-13-1-3"]),
    Field::stated("eu_ai_act_assessed", Asks::YesOrNo, &["eu-ai-act:art-6-1-2"]),
];
