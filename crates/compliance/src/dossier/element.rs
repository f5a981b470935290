//! What the sections of Annex IV ask for, and what can fill it.

use super::basis::Basis;
use super::fact::{self, Fact};
use super::need::Need;
use super::{Element, Shown};

/// Something that a section asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) section: u8,
    id: &'static str,
    /// In our own words.
    asks: &'static str,
    /// What the governance directory and the report say of it.
    facts: &'static [Fact],
    /// What was measured of it.
    probes: &'static [&'static str],
    needs: &'static [Need],
}

impl Asked {
    pub(super) fn fill(&self, basis: &Basis<'_>) -> Element {
        let mut shown: Vec<Shown> = self.facts.iter().filter_map(|fact| fact(basis)).collect();
        shown.extend(self.probes.iter().filter_map(|probe| basis.reading(probe)));
        let mut needed = Vec::new();
        for need in self.needs {
            let (said, open) = need.look(basis);
            shown.extend(said);
            needed.extend(open);
        }
        Element { id: self.id.to_owned(), asks: self.asks.to_owned(), shown, needed }
    }
}

/// The control whose statement carries what has no field of its own: the document as a whole.
const DOCUMENT: &str = "eu-ai-act:art-11-1-annex-iv";

/// The elements, in the order of the annex. Its third section has no letters; ours are numbers.
pub(super) const ELEMENTS: &[Asked] = &[
    Asked {
        section: 1,
        id: "1(a)",
        asks: "intended purpose, provider, version and how it relates to earlier ones",
        facts: &[
            fact::agent,
            fact::purpose,
            fact::owner,
            fact::version,
            fact::risk_level,
            fact::class,
        ],
        probes: &[],
        needs: &[
            Need::text("intended_purpose", "the intended purpose, by whom and for whom"),
            Need::text("eu-ai-act:art-16", "who the provider is"),
        ],
    },
    Asked {
        section: 1,
        id: "1(b)",
        asks: "how it works together with hardware, software and other AI systems that are no part of it",
        facts: &[fact::actions, fact::servers, fact::sinks, fact::channels],
        probes: &["SUP-01", "DAT-04"],
        needs: &[Need::text("system_description", "what it is, and what it works together with")],
    },
    Asked {
        section: 1,
        id: "1(c)",
        asks: "versions of its software, and what an update requires",
        facts: &[fact::program, fact::version, fact::model],
        probes: &["SUP-02", "SUP-04"],
        needs: &[Need::document(DOCUMENT, "what an update requires")],
    },
    Asked {
        section: 1,
        id: "1(d)",
        asks: "the forms in which it is supplied",
        facts: &[],
        probes: &[],
        needs: &[Need::document(DOCUMENT, "the forms in which it is supplied")],
    },
    Asked {
        section: 1,
        id: "1(e)",
        asks: "the hardware it is meant to run on",
        facts: &[],
        probes: &[],
        needs: &[Need::document(DOCUMENT, "the hardware it is meant to run on")],
    },
    Asked {
        section: 1,
        id: "1(f)",
        asks: "pictures of the product, where it is part of one",
        facts: &[],
        probes: &[],
        needs: &[Need::document(DOCUMENT, "pictures of the product, or that it is part of none")],
    },
    Asked {
        section: 1,
        id: "1(g)",
        asks: "the interface that the deployer has",
        facts: &[fact::channels],
        probes: &[],
        needs: &[Need::document(DOCUMENT, "a description of the interface")],
    },
    Asked {
        section: 1,
        id: "1(h)",
        asks: "instructions for use",
        facts: &[],
        probes: &["TRN-04"],
        needs: &[Need::text("instructions_for_use", "the instructions for use")],
    },
    Asked {
        section: 2,
        id: "2(a)",
        asks: "how it was developed, with which models and tools of others",
        facts: &[fact::model],
        probes: &["SUP-04"],
        needs: &[Need::document(DOCUMENT, "methods and steps, and how models of others are used")],
    },
    Asked {
        section: 2,
        id: "2(b)",
        asks: "its design: logic, main choices and their reasons, whom it is for, what it optimises, trade-offs",
        facts: &[fact::stakeholders],
        probes: &[],
        needs: &[
            Need::text("system_description", "what it is"),
            Need::document(DOCUMENT, "the design, its choices and their reasons"),
        ],
    },
    Asked {
        section: 2,
        id: "2(c)",
        asks: "its architecture, and the computing it takes",
        facts: &[fact::paths, fact::actions, fact::servers],
        probes: &["OPS-01"],
        needs: &[Need::document(DOCUMENT, "the architecture, and the computing it takes")],
    },
    Asked {
        section: 2,
        id: "2(d)",
        asks: "data: where it comes from, how it was chosen, labelled and cleaned",
        facts: &[fact::data_access],
        probes: &["DAT-01", "DAT-03"],
        needs: &[
            Need::text("training_data_documented", "the data sheets"),
            Need::text("data_quality_measures", "what is done for the quality of data"),
            Need::text("bias_testing_completed", "the examination of bias"),
        ],
    },
    Asked {
        section: 2,
        id: "2(e)",
        asks: "which human oversight is needed, and what helps people to understand its output",
        facts: &[fact::threshold, fact::approvers],
        probes: &["HUM-01", "HUM-02", "HUM-03", "HUM-08"],
        needs: &[Need::text("human_oversight_measures", "the assessment of oversight")],
    },
    Asked {
        section: 2,
        id: "2(f)",
        asks: "changes that are decided beforehand, and what keeps it within its duties then",
        facts: &[fact::shadow],
        probes: &["POL-05"],
        needs: &[Need::document(
            DOCUMENT,
            "changes that are decided beforehand, or that there are none",
        )],
    },
    Asked {
        section: 2,
        id: "2(g)",
        asks: "validation and tests: data, metrics, results, reports that are dated and signed",
        facts: &[fact::tests],
        probes: &["POL-02", "ACC-01", "ACC-02", "ACC-05", "ACC-06", "ACC-09"],
        needs: &[
            Need::text("accuracy_metrics", "the metrics, and what was measured"),
            Need::text("adversarial_testing", "the reports of adversarial tests"),
            Need::text(
                "eu-ai-act:art-9-6-8",
                "test reports, dated and signed by who answers for them",
            ),
        ],
    },
    Asked {
        section: 2,
        id: "2(h)",
        asks: "cybersecurity",
        facts: &[fact::policies, fact::output, fact::kinds],
        probes: &["POL-03", "POL-07", "SUP-03", "IDN-01", "IDN-02", "DAT-07", "ACC-08"],
        needs: &[Need::text("eu-ai-act:art-15-5", "the threats, and what stands against each")],
    },
    Asked {
        section: 3,
        id: "3(1)",
        asks: "what it can do, its limits, and how accurate it is, for which groups",
        facts: &[fact::capabilities, fact::limits],
        probes: &["POL-08", "POL-09", "ACC-04"],
        needs: &[
            Need::text("accuracy_metrics", "accuracy overall"),
            Need::document(DOCUMENT, "accuracy by group, and limits"),
        ],
    },
    Asked {
        section: 3,
        id: "3(2)",
        asks: "outcomes that nobody intends, and sources of risk",
        facts: &[fact::failure_modes, fact::stakeholders],
        probes: &["INC-03"],
        needs: &[Need::text(
            "residual_risks_documented",
            "the risks to health, safety and rights that are left",
        )],
    },
    Asked {
        section: 3,
        id: "3(3)",
        asks: "the human oversight that is in force",
        facts: &[fact::mode, fact::threshold, fact::approvers],
        probes: &["HUM-05", "HUM-06", "HUM-07", "HUM-09", "POL-06", "LOG-11"],
        needs: &[Need::word("override_capability", "who can stop it")],
    },
    Asked {
        section: 3,
        id: "3(4)",
        asks: "what its input has to be",
        facts: &[fact::inputs],
        probes: &[],
        needs: &[Need::document(
            DOCUMENT,
            "what input it takes beyond the arguments of its actions",
        )],
    },
    Asked {
        section: 4,
        id: "4",
        asks: "why the metrics fit",
        facts: &[],
        probes: &["ACC-03"],
        needs: &[Need::text("performance_metrics", "the metrics, and why they fit")],
    },
    Asked {
        section: 5,
        id: "5",
        asks: "the risk management system",
        facts: &[fact::risk_level, fact::class, fact::owner],
        probes: &["RSK-01", "RSK-02", "RSK-03", "RSK-04"],
        needs: &[
            Need::text("risk_assessment_completed", "the assessment of risks"),
            Need::word("risk_assessment_date", "when it was made"),
            Need::text("eu-ai-act:art-9-1-2", "the process over the life cycle"),
        ],
    },
    Asked {
        section: 6,
        id: "6",
        asks: "changes over its life cycle",
        facts: &[fact::manifest, fact::baseline],
        probes: &["POL-01", "POL-05", "POL-06", "SUP-03", "SUP-04"],
        needs: &[Need::document(DOCUMENT, "what each change was for")],
    },
    Asked {
        section: 7,
        id: "7",
        asks: "harmonised standards that are applied, or what is done instead",
        facts: &[],
        probes: &[],
        needs: &[Need::document(
            DOCUMENT,
            "the standards that are applied in full or in part, or what is done instead",
        )],
    },
    Asked {
        section: 8,
        id: "8",
        asks: "the EU declaration of conformity",
        facts: &[],
        probes: &[],
        needs: &[Need::text("eu-ai-act:art-43-47-48", "a copy of the declaration")],
    },
    Asked {
        section: 9,
        id: "9",
        asks: "how it is watched after it was placed on the market, and the plan for that",
        facts: &[fact::log, fact::witnesses, fact::retention, fact::sinks, fact::incident_plan],
        probes: &[
            "LOG-01", "LOG-04", "LOG-06", "LOG-07", "OPS-02", "ACC-07", "INC-01", "INC-02",
            "INC-04",
        ],
        needs: &[
            Need::text("incident_response_plan", "what is done when it goes wrong"),
            Need::text("eu-ai-act:art-72", "the plan"),
        ],
    },
];
