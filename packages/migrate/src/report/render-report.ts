import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { ReportData } from './report-data.js'
import { ReportPage } from './report-page.js'

/** The report as one self-contained HTML document. Pure: the same data gives the same text. */
export function renderReport(data: ReportData): string {
  return `<!doctype html>\n${renderToString(h(ReportPage, { data }))}\n`
}
