// Two soft tones when something arrives; silent unless the page or the visitor asked for sound.

let context: AudioContext | null = null;

export function chime(): void {
  try {
    context ??= new AudioContext();
    for (const [i, frequency] of [660, 880].entries()) {
      const at = context.currentTime + i * 0.12;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.08, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.3);
    }
  } catch {
    // A browser without sound, or one that forbids it before the first touch.
  }
}
