//! The results of all steps, as text and as JSON.

use serde_json::{Value, json};

use super::step::{Detail, Status, Step};
use crate::failure::Failure;
use crate::key_json::print_json;
use crate::stdout::write_stdout;
use crate::table::printable;

/// The steps, in the order of their execution.
#[derive(Default)]
pub(super) struct Report(Vec<Step>);

impl Report {
    pub(super) fn add(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Notes a step that depends on a failed one.
    pub(super) fn skip(&mut self, name: &'static str) {
        self.add(Step::new(name, Status::Skipped, "an earlier step failed"));
    }

    pub(super) fn has_failed(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }

    pub(super) fn print(&self, as_json: bool) -> Result<(), Failure> {
        match as_json {
            true => print_json(&self.to_json()),
            false => write_stdout(self.to_text().as_bytes()),
        }
    }

    fn to_text(&self) -> String {
        let steps: String = self.0.iter().map(step_text).collect();
        steps + self.conclusion()
    }

    fn conclusion(&self) -> &'static str {
        let warned = self.0.iter().any(|step| step.status == Status::Warning);
        match (self.has_failed(), warned) {
            (true, _) => "A step failed.\n",
            (false, true) => "All steps work, with warnings.\n",
            (false, false) => "All steps work.\n",
        }
    }

    fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.0.iter().map(step_json).collect();
        json!({"ok": !self.has_failed(), "steps": steps})
    }
}

fn step_text(step: &Step) -> String {
    let status = step.status.name();
    let summary = printable(&step.summary);
    let mut text = format!("{status:<8}{}: {summary}\n", step.name);
    let names = step.details.iter().map(|d| d.name.chars().count());
    let width = names.max().unwrap_or_default();
    for detail in &step.details {
        text += &detail_text(detail, width);
    }
    for advice in &step.advice {
        text += &format!("        -> {}\n", printable(advice));
    }
    text
}

fn detail_text(detail: &Detail, width: usize) -> String {
    let Detail {
        name,
        value,
        origin,
    } = detail;
    let origin = match origin {
        Some(origin) => format!(" [{origin}]"),
        None => String::new(),
    };
    let value = printable(&format!("{value}{origin}"));
    format!("          {name:width$}  {value}\n")
}

fn step_json(step: &Step) -> Value {
    let details = step.details.iter().map(|detail| {
        json!({
            "name": detail.name,
            "value": detail.value,
            "origin": detail.origin,
        })
    });
    json!({
        "name": step.name,
        "status": step.status.name(),
        "summary": step.summary,
        "details": details.collect::<Vec<Value>>(),
        "advice": step.advice,
    })
}
