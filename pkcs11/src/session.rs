//! Sessions. Each has at most one active operation of each kind. The table is replaced as a whole, without a lock.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use cryptoki_sys::*;

use crate::failure::{Failure, Result};
use crate::handles::Handles;
use crate::operations::{
    Active, DecryptOperation, DigestOperation, EncryptOperation, FoundObjects, SigningOperation,
};
use crate::token::Token;

/// A session, and its active operations.
pub(crate) struct Session {
    pub(crate) token: Arc<Token>,
    pub(crate) flags: CK_FLAGS,
    pub(crate) find: Active<FoundObjects>,
    pub(crate) sign: Active<SigningOperation>,
    pub(crate) verify: Active<SigningOperation>,
    pub(crate) encrypt: Active<EncryptOperation>,
    pub(crate) decrypt: Active<DecryptOperation>,
    pub(crate) digest: Active<DigestOperation>,
}

impl Session {
    fn new(token: Arc<Token>, flags: CK_FLAGS) -> Self {
        Self {
            token,
            flags: flags & (CKF_RW_SESSION | CKF_SERIAL_SESSION),
            find: Active::default(),
            sign: Active::default(),
            verify: Active::default(),
            encrypt: Active::default(),
            decrypt: Active::default(),
            digest: Active::default(),
        }
    }

    pub(crate) fn is_read_write(&self) -> bool {
        self.flags & CKF_RW_SESSION != 0
    }

    pub(crate) fn state(&self) -> CK_STATE {
        match (self.is_read_write(), self.token.is_logged_in()) {
            (false, false) => CKS_RO_PUBLIC_SESSION,
            (false, true) => CKS_RO_USER_FUNCTIONS,
            (true, false) => CKS_RW_PUBLIC_SESSION,
            (true, true) => CKS_RW_USER_FUNCTIONS,
        }
    }

    /// Ends the active operations of these kinds (C_SessionCancel).
    pub(crate) fn cancel(&self, flags: CK_FLAGS) {
        let operations: [(CK_FLAGS, &dyn Fn()); 6] = [
            (CKF_FIND_OBJECTS, &|| self.find.cancel()),
            (CKF_SIGN, &|| self.sign.cancel()),
            (CKF_VERIFY, &|| self.verify.cancel()),
            (CKF_ENCRYPT, &|| self.encrypt.cancel()),
            (CKF_DECRYPT, &|| self.decrypt.cancel()),
            (CKF_DIGEST, &|| self.digest.cancel()),
        ];
        for (flag, cancel) in operations {
            if flags & flag != 0 {
                cancel();
            }
        }
    }
}

static HANDLES: Handles = Handles::after(0);

type Sessions = HashMap<CK_SESSION_HANDLE, Arc<Session>>;

/// The open sessions.
#[derive(Default)]
pub(crate) struct SessionTable(ArcSwap<Sessions>);

impl SessionTable {
    pub(crate) fn get(&self, handle: CK_SESSION_HANDLE) -> Result<Arc<Session>> {
        let session = self.0.load().get(&handle).cloned();
        session.ok_or_else(|| invalid(handle))
    }

    pub(crate) fn open(&self, token: Arc<Token>, flags: CK_FLAGS) -> CK_SESSION_HANDLE {
        let handle = HANDLES.next();
        let session = Arc::new(Session::new(token, flags));
        self.change(|sessions| {
            sessions.insert(handle, Arc::clone(&session));
        });
        handle
    }

    pub(crate) fn close(&self, handle: CK_SESSION_HANDLE) -> Result<()> {
        let session = self.get(handle)?;
        self.change(|sessions| {
            sessions.remove(&handle);
        });
        self.log_out_without_sessions(&session.token);
        Ok(())
    }

    pub(crate) fn close_all(&self, token: &Arc<Token>) {
        self.change(|sessions| sessions.retain(|_, session| session.token.slot != token.slot));
        self.log_out_without_sessions(token);
    }

    /// The number of sessions of a token, and of those that are read/write.
    pub(crate) fn count(&self, token: &Token) -> (CK_ULONG, CK_ULONG) {
        let sessions = self.0.load();
        let of_token = || {
            sessions
                .values()
                .filter(|session| session.token.slot == token.slot)
        };
        let count = |n: usize| CK_ULONG::try_from(n).unwrap_or(CK_ULONG::MAX);
        let read_write = of_token().filter(|session| session.is_read_write()).count();
        (count(of_token().count()), count(read_write))
    }

    /// A login ends with the last session.
    fn log_out_without_sessions(&self, token: &Token) {
        if self.count(token).0 == 0 && token.is_logged_in() {
            // Another thread may log out at the same time.
            let _ = token.logout();
        }
    }

    fn change(&self, change: impl Fn(&mut Sessions)) {
        self.0.rcu(|sessions| {
            let mut changed = Sessions::clone(sessions);
            change(&mut changed);
            changed
        });
    }
}

fn invalid(handle: CK_SESSION_HANDLE) -> Failure {
    Failure::new(
        CKR_SESSION_HANDLE_INVALID,
        format!("the session {handle} was closed or never opened"),
    )
}
