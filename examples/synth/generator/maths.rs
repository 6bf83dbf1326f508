//! Random draws and the few functions they need.
//!
//! Only additions, multiplications, divisions and square roots are used, which IEEE 754 defines to the last bit, so
//! that a seed gives the same bytes on every machine. `f64::exp` and `f64::ln` come from the platform and may differ.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// What a stream of draws is for. Each purpose of each entity has its own stream, so that no value depends on which
/// other values were asked for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// What an entity is: size, groups, quality.
    Entity = 1,
    /// The schools of a district.
    Schools = 2,
    /// Local indicators.
    Local = 3,
    /// Whether CALPADS data were certified.
    Certified = 4,
    /// What is done to copies of files.
    Dirt = 5,
    /// Pupils counted for an indicator; add the family.
    Pupils = 16,
    /// Results of an indicator; add the indicator.
    Results = 32,
}

/// A stream of uniform draws.
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `entity` for `purpose`; `part` tells indicators apart.
    pub fn new(seed: u64, entity: u64, purpose: Purpose, part: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&entity.to_le_bytes());
        key[16..24].copy_from_slice(&(purpose as u64 + part).to_le_bytes());
        key[24..].copy_from_slice(b"enact v1");
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Between 0 and 1, neither included.
    pub fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        normal_at(self.uniform())
    }

    /// One of `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n - 1)
    }
}

/// The standard normal value below which a share `u` lies (P. J. Acklam's approximation, error below 1.2e-9).
pub fn normal_at(u: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] =
        [-5.447_609_879_822_406e1, 1.615_858_368_580_409e2, -1.556_989_798_598_866e2, 6.680_131_188_771_972e1, -1.328_068_155_288_572e1];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let tail = |q: f64| {
        (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5]) / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0)
    };
    if u < 0.02425 {
        tail((-2.0 * ln(u)).sqrt())
    } else if u > 1.0 - 0.02425 {
        -tail((-2.0 * ln(1.0 - u)).sqrt())
    } else {
        let q = u - 0.5;
        let r = q * q;
        (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q
            / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
    }
}

/// The exponential function, for arguments between -700 and 700.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let k = (x / std::f64::consts::LN_2).round();
    let r = x - k * 0.693_147_180_369_123_8 - k * 1.908_214_929_270_587_7e-10;
    let mut sum = 1.0;
    for n in (1..=13).rev() {
        sum = 1.0 + sum * r / f64::from(n);
    }
    sum * f64::from_bits(((1023 + k as i64) as u64) << 52)
}

/// The natural logarithm of a positive number.
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for n in (0..=10).rev() {
        sum = sum * square + 1.0 / f64::from(2 * n + 1);
    }
    2.0 * s * sum + exponent as f64 * std::f64::consts::LN_2
}

/// The logistic function.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// How many of `n` have a property that each has with probability `p`, at the share `u` of the distribution.
pub fn binomial_at(n: u32, p: f64, u: f64) -> u32 {
    if p > 0.5 {
        return n - binomial_at(n, 1.0 - p, 1.0 - u);
    }
    let mean = f64::from(n) * p;
    if mean > 12.0 {
        let value = mean + (mean * (1.0 - p)).sqrt() * normal_at(u);
        return value.round().clamp(0.0, f64::from(n)) as u32;
    }
    let odds = p / (1.0 - p);
    let mut chance = exp(f64::from(n) * ln(1.0 - p));
    let mut sum = chance;
    let mut k = 0;
    while sum < u && k < n {
        chance *= odds * f64::from(n - k) / f64::from(k + 1);
        k += 1;
        sum += chance;
        if chance < 1e-12 && f64::from(k) > mean {
            break;
        }
    }
    k
}
