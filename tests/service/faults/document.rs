//! The matrix as docs/faults.md shows it.

use std::fmt::Write;

use super::matrix::{Cell, Operation, Row};

pub(super) const BEGIN: &str = "<!-- matrix: begin; `make faults-docs` writes it -->\n";
pub(super) const END: &str = "<!-- matrix: end -->\n";

/// A cell as it is written, for people and for comparison.
pub(super) fn shown(cell: Cell) -> String {
    match cell {
        Cell::Outcome {
            result,
            number,
            uncertain,
        } => {
            let outcome = match result {
                Ok(()) => "ok".to_owned(),
                Err(kind) => format!("{kind:?}"),
            };
            format!("{outcome} {number}{}", if uncertain { "?" } else { "" })
        }
        Cell::DoesNotApply(_) => "–".to_owned(),
    }
}

/// The table, and why some cells are empty.
pub(super) fn table(rows: &[Row]) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    let mut note = |why: &'static str| {
        let known = reasons.iter().position(|other| *other == why);
        let index = known.unwrap_or_else(|| {
            reasons.push(why);
            reasons.len() - 1
        });
        format!("– [{}]", index + 1)
    };
    let names: Vec<String> = Operation::ALL
        .iter()
        .map(|o| format!("`{}`", o.name()))
        .collect();
    let mut text = format!("| Fault | {} | On a lane |\n", names.join(" | "));
    text.push_str(&format!("|---|{}---|\n", "---|".repeat(names.len())));
    for row in rows {
        let cells: Vec<String> = Operation::ALL
            .iter()
            .map(|operation| match row.cell(*operation) {
                Cell::DoesNotApply(why) => note(why),
                cell => shown(cell),
            })
            .collect();
        let lane = match row.no_lane {
            Some(why) => note(why),
            None => "the same".to_owned(),
        };
        writeln!(text, "| {} | {} | {lane} |", row.name, cells.join(" | ")).expect("a string");
    }
    text.push_str("\nDoes not apply, since:\n\n");
    for (index, why) in reasons.iter().enumerate() {
        writeln!(text, "{}. {why}", index + 1).expect("a string");
    }
    text
}

/// The document with the table in its place.
pub(super) fn with_table(document: &str, table: &str) -> String {
    let (before, rest) = document.split_once(BEGIN).expect("where the matrix begins");
    let (_, after) = rest.split_once(END).expect("where the matrix ends");
    format!("{before}{BEGIN}\n{table}\n{END}{after}")
}
