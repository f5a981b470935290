//! Tests of the evidence rules.

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod applicability;
#[cfg(test)]
mod canonical;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod change;
#[cfg(test)]
mod checklist;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod control;
#[cfg(test)]
mod data;
#[cfg(test)]
mod difference;
#[cfg(test)]
mod digest;
#[cfg(test)]
mod dossier;
#[cfg(test)]
mod fold;
#[cfg(test)]
mod folding;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod incident;
#[cfg(test)]
mod judgement;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod log;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod oversight;
#[cfg(test)]
mod page;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod render;
#[cfg(test)]
mod report;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod stated;
#[cfg(test)]
mod statement;
#[cfg(test)]
mod status;
#[cfg(test)]
mod supply;
#[cfg(test)]
mod world;
