// A table that becomes cards on a narrow screen. Roles are written out because the cards' layout would take them away.
import type { ReactNode } from 'react';
import { cx } from './cx';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: 'start' | 'end';
  /** Names the row: shown first and larger on a card. */
  isTitle?: boolean;
  /** Buttons: without a label of its own on a card. */
  isActions?: boolean;
}

export function DataTable<Row>({ label, columns, rows, rowKey }: { label: string; columns: readonly Column<Row>[]; rows: readonly Row[]; rowKey: (row: Row) => string }) {
  return (
    <table role="table" aria-label={label} className="gh-table w-full border-collapse text-sm">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={cx('px-3 py-2 text-xs font-medium text-ink-faint', column.align === 'end' ? 'text-end' : 'text-start')}>
              {column.isActions ? <span className="sr-only">{column.header}</span> : column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => (
              <td
                key={column.key}
                role="cell"
                data-label={column.isTitle || column.isActions ? undefined : column.header}
                className={cx('px-3 py-3 align-middle', column.align === 'end' && 'text-end tabular-nums', column.isTitle && 'gh-cell-title', column.isActions && 'gh-cell-actions')}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
