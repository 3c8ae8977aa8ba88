//! Every operation of the client with every fault, on every call path: the outcome, the number of
//! requests, and the text of the error. `table.rs` has the expected outcomes. docs/faults.md shows
//! them.

mod call;
mod checks;
mod counts;
mod document;
mod fixture;
mod matrix;
mod operation;
mod output;
mod run;
mod table;
mod wrong_servers;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Instant;

use crate::temp_dir::TempDir;
use document::format_outcome;
use fixture::{Fixture, NO_SUCH_NAME};
use matrix::{Case, Cause, Row};
use run::Report;
use table::TABLE;
use wrong_servers::WrongServers;

/// The cases spend most of their time in waits between attempts. With a sanitizer they need several times the processor
/// time.
fn workers() -> usize {
    match std::env::var_os("SCWKMS_SANITIZER") {
        Some(_) => 14,
        None => 32,
    }
}

/// The environment variable with the resolver's file of aliases. `getaddrinfo()` reads it.
const ALIASES: &str = "HOSTALIASES";

const MATRIX: &str = "faults::every_operation_handles_every_fault_as_documented";

const SUCCESS: &str = " cases as documented";

/// Runs the cases in a child process with an alias of a host name. The name has a label of 64
/// characters, so no DNS query can contain it (RFC 1035, section 2.3.4): the lookup fails, and
/// nothing is sent. For a name below .invalid, the resolver would ask the machine's name servers.
#[test]
fn every_operation_handles_every_fault_as_documented() {
    let is_child = std::env::var_os(ALIASES)
        .is_some_and(|path| path.to_string_lossy().contains("scwkms-test-"));
    if is_child {
        return run_all_cases();
    }
    let dir = TempDir::new();
    let line = format!("{NO_SUCH_NAME} {}\n", "a".repeat(64));
    dir.write("aliases", line.as_bytes());
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", MATRIX, "--nocapture"])
        .env(ALIASES, dir.path("aliases"))
        .output()
        .expect("the child process");
    let output = String::from_utf8_lossy(&child.stdout);
    println!("{output}{}", String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && output.contains(SUCCESS));
}

fn run_all_cases() {
    let start = Instant::now();
    let wrong_servers = WrongServers::start(TABLE.iter().map(|row| row.cause));
    let mut cases = Case::all_of(TABLE);
    let number = cases.len();
    // The workers start with the last case, so the longest cases come last.
    cases.sort_by_key(|case| longest_duration(case.row));
    let cases = Mutex::new(cases);
    let failed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers() {
            scope.spawn(|| run_cases(&wrong_servers, &cases, &failed));
        }
    });
    let failed = failed.into_inner();
    assert_eq!(failed, 0, "{failed} of {number} cases failed");
    let seconds = start.elapsed().as_secs();
    println!("{number}{SUCCESS}, in {seconds} s");
}

/// Runs cases until none is left.
fn run_cases(wrong_servers: &WrongServers, cases: &Mutex<Vec<Case>>, failed: &AtomicUsize) {
    let fixture = Fixture::new(wrong_servers);
    let next = || cases.lock().expect("a lock").pop();
    while let Some(case) = next() {
        let report = run::run(&fixture, &case);
        print_report(&case, &report);
        if !report.failed_checks.is_empty() {
            failed.fetch_add(1, SeqCst);
        }
    }
}

/// An estimate in seconds, which only decides the order of the cases.
fn longest_duration(row: &Row) -> u64 {
    match (row.cause, row.name, row.deadline) {
        // Four times the time limit of opening a connection.
        (Cause::Silent, ..) => 20,
        (.., 60) => 1,
        (.., deadline) => deadline,
    }
}

fn print_report(case: &Case, report: &Report) {
    let mut line = format!(
        "{:40} | {:28} | {:12} | expected {:14} | got {}, {:.1} s",
        case.row.name,
        case.operation.name(),
        format!("{:?}", case.path),
        format_outcome(case.expected),
        report.outcome,
        report.took.as_secs_f64(),
    );
    for problem in &report.failed_checks {
        line.push_str(&format!("\n    FAILED: {problem}"));
    }
    println!("{line}");
}

#[test]
fn the_document_shows_the_matrix() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let committed = std::fs::read_to_string(&path).expect("docs/faults.md");
    let written = document::with_tables(&committed, TABLE);
    if std::env::var_os("SCWKMS_WRITE_FAULTS").is_some() {
        std::fs::write(&path, written).expect("docs/faults.md");
        return;
    }
    assert!(
        committed == written,
        "docs/faults.md differs from the matrix; `make faults-docs` writes it"
    );
}

#[test]
fn the_names_of_the_rows_are_unique() {
    let mut names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLE.len());
}
