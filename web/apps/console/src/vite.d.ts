// What vite makes of imports that are no code.
declare module '*.svg' {
  const url: string;
  export default url;
}
declare module '*.css';
