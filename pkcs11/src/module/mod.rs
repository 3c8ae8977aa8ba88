//! The state between C_Initialize and C_Finalize.

mod observer;
mod slots;

pub(crate) use slots::info;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use cryptoki_sys::*;
use scwkms::process_generation;

use crate::config::{self, Config, ProcessEnvironment};
use crate::failure::{Failure, Result, fail};
use crate::log::{self, entry};
use crate::session::SessionTable;
use crate::token::Token;

/// The tokens and the sessions.
pub(crate) struct Module {
    tokens: Vec<Arc<Token>>,
    pub(crate) sessions: SessionTable,
    /// The process that initialized it.
    process: u64,
}

/// A child of fork() inherits it, and can use it without initializing the module again.
static CURRENT: ArcSwapOption<Module> = ArcSwapOption::const_empty();

/// Initializes the module. A child of fork() can do it again.
pub(crate) fn initialize(environment: &ProcessEnvironment) -> Result<()> {
    let process = process_generation()?;
    let current = CURRENT.load_full();
    let module = match &current {
        Some(inherited) if inherited.process != process => inherited.inherit(process),
        Some(_) => return already_initialized(),
        None => Module::new(environment, process)?,
    };
    let previous = CURRENT.compare_and_swap(&current, Some(Arc::new(module)));
    // Another thread may have initialized the module at the same time.
    match (previous.as_ref(), &current) {
        (None, None) => Ok(()),
        (Some(previous), Some(current)) if Arc::ptr_eq(previous, current) => Ok(()),
        _ => already_initialized(),
    }
}

fn already_initialized() -> Result<()> {
    fail(
        CKR_CRYPTOKI_ALREADY_INITIALIZED,
        "the module is initialized already",
    )
}

/// Ends all sessions. Calls of other threads that have begun continue.
pub(crate) fn finalize() -> Result<()> {
    let module = CURRENT.swap(None).ok_or_else(not_initialized)?;
    module.tokens.iter().for_each(|token| token.close());
    entry!(Info, "finalized");
    Ok(())
}

pub(crate) fn current() -> Result<Arc<Module>> {
    CURRENT.load_full().ok_or_else(not_initialized)
}

fn not_initialized() -> Failure {
    Failure::new(
        CKR_CRYPTOKI_NOT_INITIALIZED,
        "C_Initialize was not called, or C_Finalize was called",
    )
}

impl Module {
    fn new(environment: &ProcessEnvironment, process: u64) -> Result<Self> {
        let config = load_config(environment)?;
        observer::set()?;
        let tokens = open_tokens(&config)?;
        entry!(
            Info,
            "initialized with {} tokens, from {}",
            tokens.len(),
            config.origin
        );
        Ok(Self {
            tokens,
            sessions: SessionTable::default(),
            process,
        })
    }

    /// The module of a child of fork().
    fn inherit(&self, process: u64) -> Self {
        let tokens = self.tokens.iter().map(|token| Arc::new(token.inherit()));
        entry!(Info, "initialized in a child process");
        Self {
            tokens: tokens.collect(),
            sessions: SessionTable::default(),
            process,
        }
    }
}

fn load_config(environment: &ProcessEnvironment) -> Result<Config> {
    // Errors of the file are written to the log that the environment names.
    log::start(
        config::log_target(environment).as_ref(),
        log::Level::default(),
    );
    let config = config::load(environment).map_err(invalid_configuration)?;
    log::start(config.log.as_ref(), config.level);
    Ok(config)
}

/// The tokens of a configuration, in the order of their slots.
pub(crate) fn open_tokens(config: &Config) -> Result<Vec<Arc<Token>>> {
    let slots = 0..;
    let open = |(slot, config): (CK_SLOT_ID, &config::TokenConfig)| {
        Token::new(slot, config.clone()).map(Arc::new)
    };
    let tokens: Result<Vec<_>, String> = slots.zip(&config.tokens).map(open).collect();
    tokens.map_err(invalid_configuration)
}

fn invalid_configuration(cause: String) -> Failure {
    Failure::new(CKR_GENERAL_ERROR, cause).context("invalid configuration")
}
