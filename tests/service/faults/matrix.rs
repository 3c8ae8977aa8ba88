//! The vocabulary of the matrix: what can go wrong with which operation, and what is promised then.

use scwkms::ErrorKind;

use crate::ways::Way;

/// What a client does, and the endpoint that the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    CreateKey,
    DeleteKey,
    FindKeys,
    KeyInfo,
    PublicKey,
    Encrypt,
    Sign,
    Decrypt,
}

use Operation::*;

impl Operation {
    pub(super) const ALL: [Operation; 8] = [
        CreateKey, DeleteKey, FindKeys, KeyInfo, PublicKey, Encrypt, Sign, Decrypt,
    ];

    /// As the client calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            CreateKey => "create_key",
            DeleteKey => "delete_key",
            FindKeys => "find_keys",
            KeyInfo => "key_info",
            PublicKey => "public_key",
            Encrypt => "encrypt",
            Sign => "sign",
            Decrypt => "decrypt",
        }
    }

    /// As the emulator calls it.
    pub(super) fn endpoint(self) -> &'static str {
        match self {
            CreateKey => "CreateKey",
            DeleteKey => "DeleteKey",
            FindKeys => "ListKeys",
            KeyInfo => "GetKey",
            PublicKey => "GetPublicKey",
            Encrypt => "Encrypt",
            Sign => "Sign",
            Decrypt => "Decrypt",
        }
    }

    /// A key is fetched by two requests side by side.
    pub(super) fn fetches_key(self) -> bool {
        matches!(self, KeyInfo | PublicKey)
    }

    pub(super) fn ways(self) -> &'static [Way] {
        match self {
            Sign | Decrypt => &[Way::Shared, Way::Started, Way::Lane],
            Encrypt => &[Way::Shared, Way::Lane],
            PublicKey => &[Way::Shared, Way::Started],
            _ => &[Way::Shared],
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    /// A fault of the emulator, as its JSON. `ELSEWHERE` stands for a listener that must see no
    /// connection.
    Fault(&'static str),
    /// Nobody listens.
    Refused,
    /// A connection is reset before TLS.
    Reset,
    /// What listens never says a word.
    Silent,
    /// What listens does not speak TLS.
    NotTls,
    /// A server with a certificate to refuse: an emulator with these options.
    Certificate(&'static [&'static str]),
    /// The host's name does not exist.
    NoSuchName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    Always,
}

/// What is promised.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell {
    Outcome {
        result: Result<(), ErrorKind>,
        /// Requests at the service; attempts to connect where none gets that far.
        number: u64,
        /// The error says that the key may have been created or deleted all the same.
        uncertain: bool,
    },
    /// It cannot be, for this reason.
    DoesNotApply(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) cause: Cause,
    pub(super) times: Times,
    /// The operation's deadline in seconds.
    pub(super) deadline: u64,
    pub(super) create: Cell,
    pub(super) delete: Cell,
    pub(super) others: Cell,
    pub(super) except: &'static [(Operation, Cell)],
    /// Why a lane does not meet it, where that is so.
    pub(super) no_lane: Option<&'static str>,
    /// Why no further call on the same client can succeed, where that is so.
    pub(super) no_recovery: Option<&'static str>,
}

impl Row {
    pub(super) fn cell(&self, operation: Operation) -> Cell {
        let except = self.except.iter().find(|(other, _)| *other == operation);
        match (operation, except) {
            (_, Some((_, cell))) => *cell,
            (CreateKey, None) => self.create,
            (DeleteKey, None) => self.delete,
            (_, None) => self.others,
        }
    }

    /// The same, where a lane does not meet every fault.
    pub(super) fn cell_by(&self, operation: Operation, way: Way) -> Cell {
        match (way, self.no_lane) {
            (Way::Lane, Some(why)) => Cell::DoesNotApply(why),
            _ => self.cell(operation),
        }
    }

    pub(super) const fn but(self, except: &'static [(Operation, Cell)]) -> Self {
        Self { except, ..self }
    }

    pub(super) const fn within(self, deadline: u64) -> Self {
        Self { deadline, ..self }
    }
}

pub(super) const fn row(
    name: &'static str,
    times: Times,
    cause: Cause,
    [create, delete, others]: [Cell; 3],
) -> Row {
    let (no_lane, no_recovery) = match cause {
        Cause::Fault(_) => (None, None),
        Cause::NoSuchName => (Some(LANE_IS_OPEN), Some("the name never comes to exist")),
        _ => (Some(LANE_IS_OPEN), None),
    };
    Row {
        name,
        cause,
        times,
        deadline: 60,
        create,
        delete,
        others,
        except: &[],
        no_lane,
        no_recovery,
    }
}

const LANE_IS_OPEN: &str = "a lane is a connection that is open already; while none can be \
    opened, calls go over the shared connection";
