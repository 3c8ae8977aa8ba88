//! The matrix as tables for docs/faults.md.

use std::fmt::Write;
use std::ops::RangeInclusive;

use scwkms::ErrorKind;

use super::matrix::{Cell, Outcome, Row, UNTIL_DEADLINE};
use super::operation::Operation;
use crate::call_paths::CallPath;

const BEGIN: &str = "<!-- matrix: begin; `make faults-docs` writes it -->\n";
const END: &str = "<!-- matrix: end -->\n";

pub(super) fn format_result(result: Result<(), ErrorKind>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(kind) => format!("{kind:?}"),
    }
}

pub(super) fn format_outcome(outcome: Outcome) -> String {
    let result = format_result(outcome.result);
    let unknown = if outcome.outcome_unknown { "?" } else { "" };
    match outcome.attempts {
        UNTIL_DEADLINE => format!("{result} *"),
        attempts => format!("{result} {attempts}{unknown}"),
    }
}

/// The document with the tables between the two markers.
pub(super) fn with_tables(document: &str, rows: &[Row]) -> String {
    let (before, rest) = document.split_once(BEGIN).expect("the first marker");
    let (_, after) = rest.split_once(END).expect("the second marker");
    format!("{before}{BEGIN}\n{}\n{END}{after}", tables(rows))
}

fn tables(rows: &[Row]) -> String {
    let mut reasons = Reasons::default();
    let (connections, requests): (Vec<Row>, Vec<Row>) = rows
        .iter()
        .partition(|row| row.cause.prevents_connections());
    let mut text = String::from("## Call paths\n\n");
    text.push_str(&call_paths_table());
    text.push_str("\n## Faults of requests\n\n");
    text.push_str(&outcomes_table(&requests, &mut reasons));
    text.push_str("\n## Faults of new connections\n\n");
    text.push_str(&outcomes_table(&connections, &mut reasons));
    text.push_str("\nReasons why an operation cannot have a fault:\n\n");
    text.push_str(&reasons.list());
    text
}

fn call_paths_table() -> String {
    let header = [
        "Operation",
        "Blocking, shared connection",
        "Asynchronous, shared connection",
        "Blocking, direct connection",
    ];
    let mut text = table_head(&header.map(String::from));
    for operation in Operation::ALL {
        let tested = if operation.alternates() {
            "by turns"
        } else {
            "yes"
        };
        let paths = operation.call_paths();
        let cells = CallPath::ALL.map(|path| if paths.contains(&path) { tested } else { "–" });
        let name = operation.name();
        writeln!(text, "| `{name}` | {} |", cells.join(" | ")).expect("a string");
    }
    text
}

/// A column shows the outcomes of all operations that have the same ones. A list names the operations.
fn outcomes_table(rows: &[Row], reasons: &mut Reasons) -> String {
    let columns = columns(rows);
    let mut text = String::new();
    for (letter, column) in LETTERS.zip(&columns) {
        let names = column.iter().map(|o| format!("`{}`", o.name()));
        let names: Vec<String> = names.collect();
        writeln!(text, "- {letter}: {}", names.join(", ")).expect("a string");
    }
    let letters = LETTERS.take(columns.len()).map(String::from);
    let header: Vec<String> = ["Fault".to_owned()].into_iter().chain(letters).collect();
    text.push('\n');
    text.push_str(&table_head(&header));
    for row in rows {
        let cells = columns.iter().map(|column| match row.cell(column[0]) {
            Cell::Expected(outcome) => format_outcome(outcome),
            Cell::NotApplicable(reason) => format!("– [{}]", reasons.number(reason)),
        });
        let cells: Vec<String> = cells.collect();
        writeln!(text, "| {} | {} |", row.name, cells.join(" | ")).expect("a string");
    }
    text
}

const LETTERS: RangeInclusive<char> = 'A'..='Z';

/// The operations, grouped by equal outcomes.
fn columns(rows: &[Row]) -> Vec<Vec<Operation>> {
    let same = |a: Operation, b: Operation| rows.iter().all(|row| row.cell(a) == row.cell(b));
    let mut columns: Vec<Vec<Operation>> = Vec::new();
    for operation in Operation::ALL {
        match columns.iter_mut().find(|column| same(column[0], operation)) {
            Some(column) => column.push(operation),
            None => columns.push(vec![operation]),
        }
    }
    columns
}

fn table_head(header: &[String]) -> String {
    let lines = "---|".repeat(header.len());
    format!("| {} |\n|{lines}\n", header.join(" | "))
}

/// The numbered reasons below the tables.
#[derive(Default)]
struct Reasons(Vec<&'static str>);

impl Reasons {
    fn number(&mut self, reason: &'static str) -> usize {
        let known = self.0.iter().position(|other| *other == reason);
        let index = known.unwrap_or_else(|| {
            self.0.push(reason);
            self.0.len() - 1
        });
        index + 1
    }

    fn list(&self) -> String {
        let numbered = self.0.iter().enumerate();
        numbered
            .map(|(index, reason)| format!("{}. {reason}\n", index + 1))
            .collect()
    }
}
