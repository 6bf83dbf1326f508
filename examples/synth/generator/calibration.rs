//! Numbers chosen so that a generated state looks like CDE's published one; `docs/synthetic.md` compares the two.

use super::groups::GROUPS;

/// How far results of one indicator spread.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// Between the groups of an entity beyond the state's gaps, lasting.
    pub gap: f64,
    /// Of an entity from year to year.
    pub drift: f64,
    /// Of a group from year to year.
    pub noise: f64,
    /// Of single pupils; distances only, since rates are drawn pupil by pupil.
    pub pupil: f64,
}

/// By indicator, in the order of `Indicator`.
pub const SPREAD: [Spread; 7] = [
    Spread { gap: 12.0, drift: 3.0, noise: 2.5, pupil: 70.0 },
    Spread { gap: 12.0, drift: 3.0, noise: 2.5, pupil: 65.0 },
    Spread { gap: 0.28, drift: 0.13, noise: 0.12, pupil: 0.0 },
    Spread { gap: 0.18, drift: 0.12, noise: 0.10, pupil: 0.0 },
    Spread { gap: 0.30, drift: 0.12, noise: 0.12, pupil: 0.0 },
    Spread { gap: 0.25, drift: 0.12, noise: 0.12, pupil: 0.0 },
    Spread { gap: 0.06, drift: 0.07, noise: 0.08, pupil: 0.0 },
];

/// The state's change from 2023, by indicator and step (2016 to 2019, 2022 to 2025); rates as logits.
pub const YEAR: [[f64; 8]; 7] = [
    [6.0, 7.0, 8.0, 11.0, 1.4, 0.0, 0.4, 5.0],
    [8.0, 9.0, 12.5, 15.5, -2.6, 0.0, 1.5, 7.0],
    [0.06, 0.03, 0.0, -0.03, -0.12, 0.0, -0.09, -0.2],
    [-1.2, -1.22, -1.18, -1.05, 0.29, 0.0, -0.34, -0.44],
    [-0.2, -0.2, -0.23, -0.04, 0.085, 0.0, 0.025, 0.12],
    [-0.12, -0.12, -0.07, 0.0, 0.0, 0.0, 0.056, 0.28],
    [0.0, 0.0, 0.0, -0.016, 0.064, 0.0, -0.12, -0.09],
];

/// Results of a group of an ordinary agency in 2023: points for distances, logits for rates.
/// AA AI ALL AS CAA EL ELO EO FI FOS HI HOM LTEL MR PI RFP SBA SED SWD WH
pub const GROUP: [[f64; GROUPS]; 7] = [
    [-60.0, -50.0, 0.0, 45.0, -15.0, -62.0, -100.0, -8.0, 35.0, -80.0, -38.0, -62.0, -112.0, 8.0, -33.0, 2.0, -15.0, -40.0, -94.0, 5.0],
    [-95.0, -85.0, 0.0, 35.0, -25.0, -88.0, -120.0, -45.0, -5.0, -115.0, -75.0, -98.0, -155.0, -25.0, -75.0, -50.0, -50.0, -75.0, -125.0, -28.0],
    [-2.45, -2.65, 0.0, -4.6, 0.0, -3.4, 0.0, 0.0, -4.4, -1.95, -3.4, -2.9, -2.5, -3.5, -3.1, 0.0, 0.0, -3.25, -2.9, -3.55],
    [-0.55, -0.5, 0.0, -2.1, 0.0, -1.0, 0.0, 0.0, -1.85, -0.6, -0.9, -0.55, -0.85, -1.25, -0.5, 0.0, 0.0, -0.85, -0.7, -1.35],
    [1.25, 1.2, 0.0, 2.9, 0.0, 0.95, 0.0, 0.0, 2.9, 0.5, 1.7, 0.95, 0.95, 1.95, 1.5, 0.0, 0.0, 1.6, 0.75, 2.05],
    [-1.05, -1.0, 0.0, 1.05, 0.0, -1.7, 0.0, 0.0, 0.6, -1.9, -0.55, -1.25, -1.9, -0.1, -0.7, 0.0, 0.0, -0.55, -1.9, 0.1],
    [0.0, 0.0, 0.0, 0.0, 0.0, -0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.06, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
];
