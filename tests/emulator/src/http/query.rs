//! Strict parsing of query strings.

use uuid::Uuid;

use super::error::{ApiError, Detail, Reason};

/// The parameters of a query. Getters remove them one by one and collect errors.
pub struct Query {
    pairs: Vec<(String, String)>,
    details: Vec<Detail>,
}

impl Query {
    pub fn parse(query: &str) -> Self {
        Query {
            pairs: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            details: Vec::new(),
        }
    }

    pub fn report(&mut self, name: &str, reason: Reason, help: impl Into<String>) {
        self.details.push(Detail {
            argument_name: name.to_owned(),
            help_message: help.into(),
            reason,
        });
    }

    pub fn all(&mut self, name: &str) -> Vec<String> {
        let (taken, left) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition::<Vec<_>, _>(|(key, _)| key == name);
        self.pairs = left;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.report(name, Reason::Format, "one value is expected");
        }
        values.pop()
    }

    pub fn uuid(&mut self, name: &str) -> Option<Uuid> {
        let text = self.text(name)?;
        let id = Uuid::try_parse(&text).ok();
        if id.is_none() {
            self.report(name, Reason::Format, "a UUID is expected");
        }
        id
    }

    pub fn flag(&mut self, name: &str) -> bool {
        match self.text(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.report(name, Reason::Format, "true or false is expected");
                false
            }
        }
    }

    pub fn number(&mut self, name: &str, min: usize, max: usize, default: usize) -> usize {
        let Some(text) = self.text(name) else {
            return default;
        };
        match text.parse::<i64>().map(usize::try_from) {
            Ok(Ok(number)) if (min..=max).contains(&number) => number,
            Ok(_) => {
                let help = format!("must be between {min} and {max}");
                self.report(name, Reason::Constraint, help);
                default
            }
            Err(_) => {
                self.report(name, Reason::Format, "a number is expected");
                default
            }
        }
    }

    /// One of `values`. The enumeration's default counts as absent.
    pub fn choice(&mut self, name: &str, values: &[&str], unset: &str) -> Option<String> {
        let text = self.text(name)?;
        self.check(name, text, values, unset)
    }

    /// Any number of `values`.
    pub fn choices(&mut self, name: &str, values: &[&str], unset: &str) -> Vec<String> {
        self.all(name)
            .into_iter()
            .filter_map(|text| self.check(name, text, values, unset))
            .collect()
    }

    fn check(&mut self, name: &str, text: String, values: &[&str], unset: &str) -> Option<String> {
        if text == unset {
            return None;
        }
        if values.contains(&text.as_str()) {
            return Some(text);
        }
        let help = format!("must be one of {}", values.join(", "));
        self.report(name, Reason::Constraint, help);
        None
    }

    pub fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.report(&name, Reason::Unknown, "no such parameter");
        }
        if self.details.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid_arguments(self.details))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parameters_and_reports_errors() {
        let mut query = Query::parse("page=2&tags=a&tags=b%26c&flag=true&usage=unknown_usage");
        assert_eq!(query.number("page", 1, 9, 1), 2);
        assert_eq!(query.number("page_size", 1, 9, 5), 5);
        assert_eq!(query.all("tags"), ["a", "b&c"]);
        assert!(query.flag("flag"));
        assert_eq!(query.choice("usage", &["x"], "unknown_usage"), None);
        query.finish().unwrap();

        let mut query = Query::parse("page=-1&size=x&flag=1&id=7&usage=y&name=a&name=b&more=1");
        query.number("page", 1, 9, 1);
        query.number("size", 1, 9, 1);
        query.flag("flag");
        query.uuid("id");
        query.choice("usage", &["x"], "unknown_usage");
        query.text("name");
        let names: Vec<_> = query
            .details
            .iter()
            .map(|detail| (detail.argument_name.as_str(), detail.reason))
            .collect();
        assert_eq!(
            names,
            [
                ("page", Reason::Constraint),
                ("size", Reason::Format),
                ("flag", Reason::Format),
                ("id", Reason::Format),
                ("usage", Reason::Constraint),
                ("name", Reason::Format),
            ]
        );
        assert!(
            query
                .finish()
                .unwrap_err()
                .body
                .contains("no such parameter")
        );
    }
}
