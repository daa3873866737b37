//! A share that was counted on some of many, and how far it may be off.

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that count.
    pub hits: usize,
    /// All of them.
    pub total: usize,
}

impl Share {
    /// The share from 0 to 1; `None` of none.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.total > 0).then(|| self.hits as f64 / self.total as f64)
    }

    /// The interval in which the share of all lies with 95 % confidence, if these were chosen at random; `None` of none.
    ///
    /// Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::score::share::Share;
    /// let (from, to) = Share { hits: 41, total: 100 }.interval().unwrap();
    /// assert_eq!((format!("{from:.3}"), format!("{to:.3}")), ("0.319".to_owned(), "0.508".to_owned()));
    /// ```
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        // Of a normal distribution 95 % lie within this many standard deviations.
        const Z: f64 = 1.959_964;
        let (share, n) = (self.value()?, self.total as f64);
        let centre = share + Z * Z / (2.0 * n);
        let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        Some((((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0)))
    }
}
