//! A step of the diagnosis and its result.

/// The result of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    Warning,
    Failed,
    /// An earlier step failed.
    Skipped,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
        }
    }
}

/// A fact that a step found.
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) origin: Option<String>,
}

/// A step of the diagnosis.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) details: Vec<Detail>,
    pub(super) advice: Vec<String>,
}

impl Step {
    pub(super) fn new(name: &'static str, status: Status, summary: impl Into<String>) -> Self {
        Self {
            name,
            status,
            summary: summary.into(),
            details: Vec::new(),
            advice: Vec::new(),
        }
    }

    pub(super) fn ok(name: &'static str, summary: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, summary)
    }

    pub(super) fn failed(name: &'static str, error: &scwkms::Error) -> Self {
        Self::new(name, Status::Failed, error.to_string())
    }

    pub(super) fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.push(Detail {
            name: name.to_owned(),
            value: value.into(),
            origin: None,
        });
        self
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }

    /// Adds a warning, unless the step has failed.
    pub(super) fn warn(mut self, advice: impl Into<String>) -> Self {
        if self.status == Status::Ok {
            self.status = Status::Warning;
        }
        self.advise(advice)
    }
}
