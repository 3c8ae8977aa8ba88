//! Operations that are started by one call and finished by another.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{AbortHandle, Abortable, BoxFuture};
use zeroize::Zeroizing;

use super::open::OpenKey;
use super::{Client, Inner};
use crate::algorithm::{Algorithm, Hash};
use crate::api::{Answer, Operation};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Deadline, runtime};
use crate::uri::KeyReference;

/// What is to be done with a key.
enum Task {
    Open,
    Sign {
        expected: Option<Algorithm>,
        verify: bool,
    },
    Decrypt,
}

impl Task {
    fn verb(&self) -> &'static str {
        match self {
            Task::Open => "public key of",
            Task::Sign { .. } => "sign with",
            Task::Decrypt => "decrypt with",
        }
    }

    /// What to ask the service once the key is open.
    fn operation(&self) -> Option<Operation> {
        match self {
            Task::Open => None,
            Task::Sign { .. } => Some(Operation::Sign),
            Task::Decrypt => Some(Operation::Decrypt),
        }
    }

    /// Everything that can be wrong with it, before it is sent.
    fn check(&self, key: &OpenKey, input: &[u8]) -> Result<()> {
        match self {
            Task::Open => key.public_key().map(|_| ()),
            Task::Sign { expected, .. } => key.check_signing(*expected, input),
            Task::Decrypt => key.check_decryption(input),
        }
    }

    /// What no key can do, whatever key it will be. Nothing larger is ever copied.
    fn check_without_key(&self, input: &[u8]) -> Result<()> {
        let (what, most) = match self {
            Task::Open => return Ok(()),
            Task::Sign { .. } => (
                "digest",
                Algorithm::all()
                    .filter_map(|a| a.hash().map(Hash::output_len))
                    .max(),
            ),
            Task::Decrypt => (
                "ciphertext",
                Algorithm::all().map(Algorithm::max_ciphertext_len).max(),
            ),
        };
        let most = most.unwrap_or(0);
        if input.len() <= most {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "the {what} has {} bytes; no key takes more than {most}",
                input.len()
            ),
        ))
    }
}

/// A task and what it works on.
struct Job {
    task: Task,
    input: Vec<u8>,
}

impl Job {
    fn result(&self, inner: &Inner, raw: Raw) -> Result<Zeroizing<Vec<u8>>> {
        let Raw { key, answer } = raw;
        let output = match (self.task.operation(), answer) {
            (Some(operation), Some(answer)) => inner.api.output(operation, key.path(), answer)?,
            _ => return Ok(Zeroizing::new(key.public_key()?.spki)),
        };
        match self.task {
            Task::Sign { verify, .. } => key
                .checked_signature(&self.input, &output, verify)
                .map(Zeroizing::new),
            _ => Ok(output),
        }
    }
}

/// What came, before anybody has looked at it.
struct Raw {
    key: Arc<OpenKey>,
    answer: Option<Answer>,
}

/// An operation that was checked as far as that is possible without the service, and can be
/// started.
pub struct Prepared {
    work: Work,
    end: End,
}

/// What turns an answer into the result. That is done on the thread that wants it: verifying a
/// signature takes longer than all else, and would hold up the library's own thread.
struct End {
    job: Arc<Job>,
    inner: Arc<Inner>,
    reference: KeyReference,
    deadline: Deadline,
}

impl Client {
    /// Prepares to sign, as [`Client::sign`] does, without waiting for it.
    ///
    /// # Errors
    /// Those that can be found without asking the service. Where the key has not been used before,
    /// it is fetched first, and what is wrong with it shows in the result.
    pub fn prepare_sign(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
    ) -> Result<Prepared> {
        let verify = self.settings.verify;
        self.plan(key, Task::Sign { expected, verify }, digest)
    }

    /// Prepares to decrypt, as [`Client::decrypt`] does, without waiting for it.
    ///
    /// # Errors
    /// As for [`Client::prepare_sign`].
    pub fn prepare_decrypt(&self, key: &str, ciphertext: &[u8]) -> Result<Prepared> {
        self.plan(key, Task::Decrypt, ciphertext)
    }

    /// Prepares to fetch a key, so that [`Client::public_key`] and [`Client::key_info`] find it
    /// without asking the service. The result is the SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// As for [`Client::prepare_sign`].
    pub fn prepare_public_key(&self, key: &str) -> Result<Prepared> {
        self.plan(key, Task::Open, &[])
    }

    fn plan(&self, key: &str, task: Task, input: &[u8]) -> Result<Prepared> {
        let verb = task.verb();
        self.planned(key, task, input)
            .map_err(|e| e.context(format_args!("{verb} {}", self.shown(key))))
    }

    fn planned(&self, key: &str, task: Task, input: &[u8]) -> Result<Prepared> {
        let inner = self.inner()?;
        let reference = self.reference(key)?;
        let deadline = inner.api.deadline();
        // The input is copied once it cannot be too long to be.
        let open = inner.keys.get(&reference);
        match &open {
            Some(key) => task.check(key, input)?,
            None => task.check_without_key(input)?,
        }
        let input = input.to_vec();
        let job = Arc::new(Job { task, input });
        let work = match open {
            Some(key) => inner.work_with(key, &job, deadline)?,
            None => inner.work(reference.clone(), &job, deadline),
        };
        Ok(Prepared {
            work,
            end: End {
                job,
                inner,
                reference,
                deadline,
            },
        })
    }
}

type Work = BoxFuture<'static, Result<Raw>>;

impl Inner {
    /// A job with an open key as a future, which is complete but for waiting.
    fn work_with(
        self: &Arc<Self>,
        key: Arc<OpenKey>,
        job: &Job,
        deadline: Deadline,
    ) -> Result<Work> {
        let mut exchange = job
            .task
            .operation()
            .map(|operation| {
                self.api
                    .prepare(operation, key.path(), &job.input, deadline)
            })
            .transpose()?;
        let inner = Arc::clone(self);
        Ok(Box::pin(async move {
            let answer = match &mut exchange {
                Some(exchange) => Some(inner.api.pursue(exchange).await?),
                None => None,
            };
            Ok(Raw { key, answer })
        }))
    }

    /// A job with a key that is fetched first.
    fn work(self: &Arc<Self>, reference: KeyReference, job: &Arc<Job>, deadline: Deadline) -> Work {
        let (inner, job) = (Arc::clone(self), Arc::clone(job));
        Box::pin(async move {
            let key = inner.fetch(&reference, deadline).await?;
            job.task.check(&key, &job.input)?;
            inner.work_with(key, &job, deadline)?.await
        })
    }
}

impl Prepared {
    /// Starts it. Once the result is there, `notify` is called, exactly once and on the library's
    /// own thread, which it must not hold up. Whoever waits goes on once it has returned.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the library's thread cannot be started; then `notify` is
    /// never called.
    pub fn start(self, notify: impl FnOnce() + Send + 'static) -> Result<Pending> {
        let (abort, registration) = AbortHandle::new_pair();
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let completion = Completion {
            shared: Arc::clone(&shared),
            notify: Some(notify),
            begun: false,
            result: None,
        };
        let work = Abortable::new(self.work, registration);
        runtime::submit(Box::pin(async move {
            let mut completion = completion;
            completion.begun = true;
            completion.result = Some(work.await.unwrap_or_else(|_| Err(given_up())));
        }))?;
        Ok(Pending {
            shared,
            abort,
            end: self.end,
        })
    }
}

/// An operation under way, or one that has ended and whose result nobody has taken.
pub struct Pending {
    shared: Arc<Shared>,
    abort: AbortHandle,
    end: End,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    result: Option<Result<Raw>>,
    /// The result is there, or was.
    ended: bool,
    /// Somebody has waited for the result.
    taken: bool,
    /// The notification has returned.
    notified: bool,
    /// Threads to wake. Waking nobody would still be a system call.
    waiting: usize,
}

impl Pending {
    /// Refuses to wait where that would never end: in a notification, for a result that is not
    /// there yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`].
    pub fn may_wait(&self) -> Result<()> {
        match self.shared.lock().ended {
            true => Ok(()),
            false => runtime::may_wait(),
        }
    }

    /// Waits for the result and takes it. Whoever comes second gets an error.
    ///
    /// # Errors
    /// Those of the operation; [`ErrorKind::Cancelled`] if it was given up.
    pub fn wait(&self) -> Result<Zeroizing<Vec<u8>>> {
        let End {
            job,
            inner,
            reference,
            deadline,
        } = &self.end;
        self.may_wait()
            .and_then(|()| self.raw(*deadline))
            .and_then(|raw| job.result(inner, raw))
            .map_err(|e| e.context(format_args!("{} key {reference}", job.task.verb())))
    }

    fn raw(&self, deadline: Deadline) -> Result<Raw> {
        let until = Instant::now() + deadline.left() + runtime::GRACE;
        let mut state = self.shared.lock();
        // In the notification itself the result can be taken. All others wait for the
        // notification too, so that nobody is surprised by it who has the result.
        if runtime::may_wait().is_ok() {
            state = self.shared.wait_until(state, until, |state| state.notified);
        }
        state.taken = true;
        if !state.ended {
            return Err(deadline.error());
        }
        state.result.take().unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::InvalidHandle,
                "the result was taken before",
            ))
        })
    }

    /// Nothing more comes of it: somebody has waited for the result, and the notification has
    /// returned.
    pub fn is_over(&self) -> bool {
        let state = self.shared.lock();
        state.taken && state.notified
    }

    /// Whether somebody has waited for the result.
    pub fn is_taken(&self) -> bool {
        self.shared.lock().taken
    }

    /// Gives the operation up, unless its result is there already. The notification comes all the
    /// same.
    pub fn cancel(&self) {
        self.abort.abort();
    }

    /// Gives up several operations and waits until their notifications have returned; it does not
    /// wait on the library's own thread, which would wait for itself.
    pub fn give_up(all: &[Arc<Self>]) {
        all.iter().for_each(|pending| pending.cancel());
        if runtime::may_wait().is_err() {
            return;
        }
        let until = Instant::now() + DRAINING;
        for Self { shared, .. } in all.iter().map(AsRef::as_ref) {
            drop(shared.wait_until(shared.lock(), until, |state| state.notified));
        }
    }
}

/// Notifications that take longer hang.
const DRAINING: Duration = Duration::from_secs(10);

impl Shared {
    /// The state is whole whatever panics beside it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        until: Instant,
        reached: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        let left = until.saturating_duration_since(Instant::now());
        state.waiting += 1;
        let waited = self
            .changed
            .wait_timeout_while(state, left, |state| !reached(state));
        let mut state = match waited {
            Ok((state, _)) => state,
            Err(poisoned) => poisoned.into_inner().0,
        };
        state.waiting -= 1;
        state
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }
}

/// Ends an operation when it is dropped, however that comes about.
struct Completion<N: FnOnce() + Send + 'static> {
    shared: Arc<Shared>,
    notify: Option<N>,
    /// It reached the library's thread. Otherwise it was never started, and whoever tried knows.
    begun: bool,
    result: Option<Result<Raw>>,
}

impl<N: FnOnce() + Send + 'static> Drop for Completion<N> {
    fn drop(&mut self) {
        let result = self.result.take().unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Internal,
                "the operation broke off inside the library; please report this",
            ))
        });
        {
            // Nobody waits for this alone, so nobody is woken.
            let mut state = self.shared.lock();
            state.result = Some(result);
            state.ended = true;
        }
        let shared = Arc::clone(&self.shared);
        let notify = self.notify.take().filter(|_| self.begun);
        runtime::notify(Box::new(move || {
            if let Some(notify) = notify {
                notify();
            }
            shared.change(|state| state.notified = true);
        }));
    }
}

fn given_up() -> Error {
    Error::new(ErrorKind::Cancelled, "the operation was given up")
}
