//! What the scanner promises, as cases.

#[cfg(test)]
mod any_text;
#[cfg(test)]
mod api;
#[cfg(test)]
mod disguise;
#[cfg(test)]
mod entities;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod json;
#[cfg(test)]
mod pattern;
#[cfg(test)]
mod redact;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod table;
