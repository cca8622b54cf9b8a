// A moment, relative to now, with the exact time on hover.
import { useFormat } from './format';

export function Time({ value }: { value: string }) {
  const format = useFormat();
  return (
    <time dateTime={value} title={format.dateTime(value)}>
      {format.relative(value)}
    </time>
  );
}
