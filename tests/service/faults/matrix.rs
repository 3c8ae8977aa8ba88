//! The types of the matrix: faults, and the expected outcomes.

use scwkms::ErrorKind;

use super::operation::Operation::{self, *};
use crate::call_paths::CallPath;

/// What fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    /// A fault of the emulator, as its JSON. `REDIRECT_TARGET` is replaced by the address of a
    /// listener that must not receive a connection.
    Fault(&'static str),
    /// The port does not listen.
    Refused,
    /// A connection is reset before the TLS handshake.
    Reset,
    /// The server accepts connections and sends nothing.
    Silent,
    /// The server does not use TLS.
    NotTls,
    /// The server has a certificate that must be rejected. It is an emulator with these options.
    Certificate(&'static [&'static str]),
    /// The host name does not exist.
    NoSuchName,
}

impl Cause {
    /// Whether the fault affects connections that are being opened, not requests.
    pub(super) fn prevents_connections(self) -> bool {
        !matches!(self, Cause::Fault(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    Always,
}

/// The number of attempts of a request that is repeated until its deadline.
pub(super) const UNTIL_DEADLINE: u64 = u64::MAX;

/// The expected outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) result: Result<(), ErrorKind>,
    /// Requests at the service; attempts to connect if none reaches it.
    pub(super) attempts: u64,
    /// The error says that the service may have executed the operation.
    pub(super) outcome_unknown: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Expected(Outcome),
    /// The operation cannot have the fault, for this reason.
    NotApplicable(&'static str),
}

/// A fault, and the expected outcomes of all operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) cause: Cause,
    pub(super) times: Times,
    /// The operation's deadline in seconds.
    pub(super) deadline: u64,
    /// Of operations that are not idempotent, except deletions.
    not_idempotent: Cell,
    /// Of deletions, whose responses have no body.
    deletions: Cell,
    others: Cell,
    exceptions: &'static [(Operation, Cell)],
}

impl Row {
    pub(super) fn cell(&self, operation: Operation) -> Cell {
        let exception = self.exceptions.iter().find(|(o, _)| *o == operation);
        match (operation, exception) {
            (_, Some((_, cell))) => *cell,
            (DeleteKey | DeleteKeyMaterial, None) => self.deletions,
            (CreateKey | RotateKey | RestoreKey | ImportKeyMaterial, None) => self.not_idempotent,
            (_, None) => self.others,
        }
    }

    /// Whether the next call on the same client succeeds when the fault has ended.
    pub(super) fn recovers(&self) -> bool {
        !matches!(self.cause, Cause::NoSuchName)
    }

    pub(super) const fn except(self, exceptions: &'static [(Operation, Cell)]) -> Self {
        Self { exceptions, ..self }
    }

    pub(super) const fn with_deadline(self, deadline: u64) -> Self {
        Self { deadline, ..self }
    }
}

pub(super) const fn row(
    name: &'static str,
    times: Times,
    cause: Cause,
    [not_idempotent, deletions, others]: [Cell; 3],
) -> Row {
    Row {
        name,
        cause,
        times,
        deadline: 60,
        not_idempotent,
        deletions,
        others,
        exceptions: &[],
    }
}

/// One test of the matrix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) row: &'static Row,
    pub(super) operation: Operation,
    pub(super) path: CallPath,
    pub(super) expected: Outcome,
}

impl Case {
    /// All cases of a table.
    pub(super) fn all_of(table: &'static [Row]) -> Vec<Self> {
        let rows = table.iter().enumerate();
        rows.flat_map(|(number, row)| Self::of_row(number, row))
            .collect()
    }

    /// A direct connection is open before the call, so faults that prevent connections do not affect it.
    fn of_row(number: usize, row: &'static Row) -> Vec<Self> {
        let mut cases = Vec::new();
        for operation in Operation::ALL {
            let Cell::Expected(expected) = row.cell(operation) else {
                continue;
            };
            let paths = operation.call_paths().iter().enumerate();
            // By turns for the rows, and for the operations of one row.
            let turn = (number + operation as usize) % CallPath::FORMS.len();
            let tested = paths.filter(|(index, path)| match operation.alternates() {
                true => *index == turn,
                false => **path != CallPath::Direct || !row.cause.prevents_connections(),
            });
            cases.extend(tested.map(|(_, path)| Self {
                row,
                operation,
                path: *path,
                expected,
            }));
        }
        cases
    }
}
