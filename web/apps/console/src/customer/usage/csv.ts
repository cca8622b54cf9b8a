// A month of usage as a file for a spreadsheet.
import type { UsageDay } from '@guildhall/api';

export function csvOf(days: readonly UsageDay[]): string {
  const rows = days.map((day) => [day.date, day.api_calls, day.failed, day.tokens.input, day.tokens.output, day.cost_cents].join(','));
  return ['date,calls,failed,input_tokens,output_tokens,cost_cents', ...rows].join('\r\n') + '\r\n';
}

export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
