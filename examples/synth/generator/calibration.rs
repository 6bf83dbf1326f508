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
    Spread { gap: 9.0, drift: 4.5, noise: 2.0, pupil: 65.0 },
    Spread { gap: 9.0, drift: 4.5, noise: 2.0, pupil: 60.0 },
    Spread { gap: 0.17, drift: 0.20, noise: 0.09, pupil: 0.0 },
    Spread { gap: 0.12, drift: 0.20, noise: 0.05, pupil: 0.0 },
    Spread { gap: 0.20, drift: 0.17, noise: 0.10, pupil: 0.0 },
    Spread { gap: 0.17, drift: 0.17, noise: 0.10, pupil: 0.0 },
    Spread { gap: 0.10, drift: 0.09, noise: 0.10, pupil: 0.0 },
];

/// The state's change from 2023, by indicator and step (2016 to 2019, 2022 to 2025); rates as logits.
pub const YEAR: [[f64; 8]; 7] = [
    [6.0, 6.0, 8.0, 11.0, 1.4, 0.0, 0.4, 5.0],
    [8.0, 9.0, 12.5, 15.5, -2.6, 0.0, 1.5, 7.0],
    [0.06, 0.03, 0.0, -0.03, -0.12, 0.0, -0.09, -0.2],
    [-1.28, -1.28, -1.26, -1.18, 0.255, 0.0, -0.36, -0.44],
    [0.0, 0.1, -0.1, -0.04, 0.085, 0.0, 0.025, 0.12],
    [-0.12, -0.12, -0.07, 0.0, 0.0, 0.0, 0.056, 0.28],
    [0.0, 0.0, 0.0, -0.016, 0.064, 0.0, -0.12, -0.09],
];

/// By how many points English learners did better before 2020, by indicator, than the state's change says: a larger part
/// of them had just learned English.
pub const LEARNERS_BEFORE_2020: [f64; 7] = [16.0, 14.0, 0.0, 0.0, 0.0, 0.0, 0.0];

/// Results of a group of an ordinary agency in 2023: points for distances, logits for rates.
/// AA AI ALL AS CAA EL ELO EO FI FOS HI HOM LTEL MR PI RFP SBA SED SWD WH
pub const GROUP: [[f64; GROUPS]; 7] = [
    [-52.3, -60.9, 0.0, 56.1, -15.0, -68.0, -100.0, -8.0, 35.0, -76.5, -36.7, -59.6, -112.0, -0.3, -46.8, 2.0, -15.0, -32.4, -82.2, 25.7],
    [
        -94.9, -105.2, 0.0, 50.0, -25.0, -99.1, -120.0, -45.0, -5.0, -106.4, -71.8, -88.4, -155.0, -51.7, -82.8, -50.0, -50.0, -72.4,
        -107.2, -20.7,
    ],
    [
        -2.407, -1.84, 0.0, -4.227, 0.0, -3.449, 0.0, 0.0, -4.847, -1.973, -3.478, -2.762, -2.5, -3.253, -3.13, 0.0, 0.0, -3.292, -2.87,
        -3.639,
    ],
    [-0.7, -0.48, 0.0, -2.05, 0.0, -1.09, 0.0, 0.0, -1.87, -0.9, -1.01, -0.76, -0.93, -1.28, -0.42, 0.0, 0.0, -0.86, -0.87, -1.46],
    [1.38, 1.752, 0.0, 2.21, 0.0, 1.734, 0.0, 0.0, 2.9, 1.004, 2.147, 1.361, 0.95, 2.038, 1.761, 0.0, 0.0, 2.218, 1.288, 2.452],
    [-1.43, -0.73, 0.0, 1.05, 0.0, -1.746, 0.0, 0.0, 0.6, -1.909, -0.666, -1.676, -1.9, -0.337, -0.562, 0.0, 0.0, -0.525, -2.073, -0.164],
    [0.0, 0.0, 0.0, 0.0, 0.0, -0.029, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.06, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
];
