/** Every name that each entry of the package exports, types marked as such; `packageRoot` holds its package.json. */
export function publicSurface(packageRoot: string): Record<string, string[]>
