//! Every operation of the client with every fault: the outcome, the number of requests, and what an
//! error says. `table.rs` is the promise, and docs/faults.md shows it.

mod call;
mod count;
mod document;
mod gate;
mod matrix;
mod run;
mod table;
mod world;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use crate::support::Folder;
use crate::ways::Way;
use matrix::{Cause, Cell, Operation, Row};
use table::TABLE;
use world::{Elsewhere, NO_SUCH_NAME, World};

/// Most of the time goes by in waits between attempts.
const WORKERS: usize = 24;

/// The resolver's file of aliases, which getaddrinfo() reads in the process that has it set.
const ALIASES: &str = "HOSTALIASES";

const MATRIX: &str = "faults::every_operation_meets_every_fault_as_promised";

/// In a process of its own, where a host name stands for one with a label of 64 characters: no query
/// can hold that (RFC 1035, section 2.3.4), so the look-up fails and nothing leaves the machine. A
/// name below .invalid would be asked for at whatever name server the machine has.
#[test]
fn every_operation_meets_every_fault_as_promised() {
    let aliases = Folder::new();
    let file = aliases.path("aliases");
    if std::env::var_os(ALIASES).is_some_and(|path| path.to_string_lossy().contains("scwkms-test-"))
    {
        return try_out();
    }
    let line = format!("{NO_SUCH_NAME} {}\n", "a".repeat(64));
    aliases.write("aliases", line.as_bytes());
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", MATRIX, "--nocapture"])
        .env(ALIASES, &file)
        .output()
        .expect("this program once more");
    let said = String::from_utf8_lossy(&child.stdout);
    println!("{said}{}", String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && said.contains(" cells as promised"));
}

fn try_out() {
    let begun = Instant::now();
    let elsewhere = Elsewhere::new(TABLE.iter().map(|row| row.cause));
    let mut cells = Vec::new();
    for row in TABLE {
        for operation in Operation::ALL {
            cells.extend(operation.ways().iter().map(|way| (row, operation, *way)));
        }
    }
    cells.retain(
        |(row, operation, way)| match row.cell_by(*operation, *way) {
            Cell::Outcome { .. } => true,
            Cell::DoesNotApply(why) => {
                report(row, *operation, *way, &format!("does not apply: {why}"));
                false
            }
        },
    );
    let number = cells.len();
    // The last is taken first: what may take longest.
    cells.sort_by_key(|(row, ..)| longest(row));
    let cells = Mutex::new(cells);
    let next = || cells.lock().expect("a lock").pop();
    let failed = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut world = World::new(&elsewhere);
                while let Some((row, operation, way)) = next() {
                    let seen = run::run(&mut world, row, operation, way);
                    let mut line =
                        format!("saw {}, {:.1} s", seen.outcome, seen.took.as_secs_f64());
                    for wrong in &seen.wrong {
                        line.push_str(&format!("\n    WRONG: {wrong}"));
                    }
                    report(row, operation, way, &line);
                    *failed.lock().expect("a lock") += usize::from(!seen.wrong.is_empty());
                }
            });
        }
    });
    let failed = failed.into_inner().expect("a lock");
    assert_eq!(failed, 0, "{failed} of {number} cells are not as promised");
    println!(
        "{number} cells as promised, in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
}

fn longest(row: &Row) -> u64 {
    match (row.cause, row.name, row.deadline) {
        // Four times as long as connecting may take.
        (Cause::Silent, ..) => 20,
        (_, "429, always", _) => 7,
        (.., 60) => 1,
        (.., deadline) => deadline,
    }
}

fn report(row: &Row, operation: Operation, way: Way, seen: &str) {
    println!(
        "{:38} | {:10} | {:7} | promised {:14} | {seen}",
        row.name,
        operation.name(),
        format!("{way:?}"),
        document::shown(row.cell_by(operation, way)),
    );
}

#[test]
fn the_document_shows_the_matrix() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let committed = std::fs::read_to_string(&path).expect("docs/faults.md");
    let written = document::with_table(&committed, &document::table(TABLE));
    if std::env::var_os("SCWKMS_WRITE_FAULTS").is_some() {
        std::fs::write(&path, written).expect("docs/faults.md");
        return;
    }
    assert!(
        committed == written,
        "docs/faults.md is not what the matrix says; `make faults-docs` writes it anew"
    );
}

/// Two rows of one name could not be told apart.
#[test]
fn no_row_is_there_twice() {
    let mut names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLE.len());
}
