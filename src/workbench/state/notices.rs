//! What the user should know: sentences at the edge of the window, which go by themselves or are dismissed.

use std::time::{Duration, Instant};

use super::Workbench;

/// A notice that nothing went wrong is read by then.
const NOTICED: Duration = Duration::from_secs(8);

/// Something the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// A sentence.
    pub text: String,
    /// Whether something went wrong.
    pub is_failure: bool,
    /// When it goes by itself; what went wrong stays until it is dismissed.
    until: Option<Instant>,
}

impl Workbench {
    /// What the user should know.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Lets go of what is read by now. Returns when to look again.
    pub(super) fn let_go_of_notices(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.notices.retain(|notice| notice.until.is_none_or(|until| until > now));
        self.notices.iter().filter_map(|notice| notice.until).min().map(|until| until - now)
    }

    pub(super) fn fail(&mut self, text: String) {
        self.notice(text, true);
    }

    pub(super) fn notice(&mut self, text: String, is_failure: bool) {
        // Said again, it is read again.
        self.notices.retain(|notice| notice.text != text);
        let until = (!is_failure).then(|| Instant::now() + NOTICED);
        self.notices.push(Notice { text, is_failure, until });
    }
}
