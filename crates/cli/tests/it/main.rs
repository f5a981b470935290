//! The binary as people run it: arguments in, text and exit codes out.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod promql;
#[cfg(test)]
mod syndic;

#[cfg(test)]
mod alerts;
#[cfg(test)]
mod approvals;
#[cfg(test)]
#[cfg(feature = "archive")]
mod archive;
#[cfg(test)]
mod attest;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_proof;
#[cfg(test)]
mod background;
#[cfg(test)]
mod check;
#[cfg(test)]
mod checklist;
#[cfg(test)]
mod comply;
#[cfg(test)]
mod comply_verify;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod drill;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod help;
#[cfg(test)]
mod import;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod learn;
#[cfg(test)]
mod mcp;
#[cfg(test)]
mod mcp_http;
#[cfg(test)]
mod mcp_install;
#[cfg(test)]
mod mcp_pin;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod pack;
#[cfg(test)]
mod parquet;
#[cfg(test)]
mod promote;
#[cfg(test)]
mod prove;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod recount;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod review;
#[cfg(test)]
mod scan;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod suggest;
#[cfg(test)]
mod test;
mod witness;
